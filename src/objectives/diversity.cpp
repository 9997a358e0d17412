// diversity(v): how alike the pictures of a batch are, (1/N) sum_(i != j) <G_i, G_j> over Gram matrices of length 1;
// picture i's share is (1/N) sum_(j != i) <G_i, G_j>.
// SPDX-License-Identifier: Apache-2.0
#include "core/gram.h"

#include <ATen/ops/matmul.h>

#include "objectives/compared.h"

namespace fovea::objectives::diversity {
namespace {

Tensor evaluate_diversity(const ObjectiveCall& call) {
  constexpr double nothing = 1e-12;
  if (call.value.dim() < 3) {
    throw Error(ErrorKind::usage,
                "diversity compares maps, '" + call.arguments[0] + "' is " + shape_of_one(call.value));
  }
  const Tensor grams = rows_of(gram_matrix(call.value));
  const Tensor units = grams / grams.square().sum(1, true).clamp_min(nothing).sqrt();
  const Tensor alike = at::matmul(units, units.t());
  return (alike.sum(1) - alike.diagonal()) / static_cast<double>(call.value.size(0));
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "diversity",
    .arguments = "VALUE",
    .sentence =
        "How alike the pictures of a batch are, by their Gram matrices: subtract it to keep them apart (Olah et "
        "al. 2017).",
    .least_arguments = 1,
    .most_arguments = 1,
    .tap = tap_named,
    .evaluate = evaluate_diversity};

}  // namespace fovea::objectives::diversity

// guide(v,t): sum over positions p of max_q <a(p), t(q)>: every position is drawn to that of a guide picture which fits
// it best, so that the gradient there is the guide's feature itself.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/matmul.h>

#include "objectives/compared.h"

namespace fovea::objectives::guide {
namespace {

/// [N,C,...] as [N,positions,C].
Tensor features_of(const Tensor& value) { return value.reshape({value.size(0), value.size(1), -1}).transpose(1, 2); }

Tensor evaluate_guide(const ObjectiveCall& call) {
  const Tensor& target = call.target(1);
  if (call.value.dim() < 2 || target.dim() < 2 || target.size(1) != call.value.size(1)) {
    throw Error(ErrorKind::usage, "a guide needs features of equal channels: '" + call.arguments[0] + "' is " +
                                      shape_of_one(call.value) + ", the target '" + call.arguments[1] + "' " +
                                      shape_of_one(target));
  }
  const Tensor wanted = features_of(target.to(call.value.device(), call.value.scalar_type()));
  const Tensor fits = at::matmul(features_of(call.value), wanted.transpose(1, 2));  // [N, positions, guide's positions]
  return fits.amax(2).sum(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "guide",
    .arguments = "VALUE, TARGET",
    .sentence =
        "The sum over positions of the largest product with any position of a target picture: features of the "
        "guide that fit best are drawn out (DeepDream guided by a picture, Mordvintsev et al. 2015).",
    .least_arguments = 2,
    .most_arguments = 2,
    .targets = 0b10,
    .tap = tap_named,
    .evaluate = evaluate_guide};

}  // namespace fovea::objectives::guide

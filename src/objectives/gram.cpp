// gram(v,t): the mean squared difference of Gram matrices F F^T / (C positions).
// SPDX-License-Identifier: Apache-2.0
#include "core/gram.h"

#include "objectives/compared.h"

namespace fovea::objectives::gram {
namespace {

Tensor evaluate_gram(const ObjectiveCall& call) {
  constexpr std::int64_t gram_axes = 3;  // [1,C,C] is a Gram matrix already, [1,C,h,w] a map
  const Tensor& target = call.target(1);
  if (call.value.dim() < gram_axes || target.dim() < gram_axes || target.size(1) != call.value.size(1)) {
    throw Error(ErrorKind::usage, "Gram matrices compare maps of equal channels: '" + call.arguments[0] + "' is " +
                                      shape_of_one(call.value) + ", the target '" + call.arguments[1] + "' " +
                                      shape_of_one(target));
  }
  const Tensor mask =
      call.arguments.size() > 2 ? call.target(2).to(call.value.device(), call.value.scalar_type()) : Tensor{};
  if (mask.defined() && mask.sizes().slice(2) != call.value.sizes().slice(2)) {
    throw Error(ErrorKind::usage, "the mask '" + call.arguments[2] + "' is " + shape_of_one(mask) + ", but '" +
                                      call.arguments[0] + "' is " + shape_of_one(call.value));
  }
  const Tensor wanted =
      (target.dim() == gram_axes ? target : gram_matrix(target)).to(call.value.device(), call.value.scalar_type());
  return rows_of((gram_matrix(call.value, mask) - wanted).square()).mean(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "gram",
    .arguments = "VALUE, TARGET[, MASK]",
    .sentence =
        "The mean squared difference of Gram matrices (which channels occur together) from a target's: "
        "-gram(...) imitates its texture (Gatys et al. 2015); only where MASK is, if one is named.",
    .least_arguments = 2,
    .most_arguments = 3,
    .targets = 0b110,
    .tap = tap_named,
    .evaluate = evaluate_gram};

}  // namespace fovea::objectives::gram

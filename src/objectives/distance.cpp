// distance(v,t): ||a - t||^2 / ||t||^2, the share of a target's value that is missed.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/compared.h"

namespace fovea::objectives::distance {
namespace {

Tensor evaluate_distance(const ObjectiveCall& call) {
  const Tensor target = same_shaped_target(call, 1);
  const Tensor norm = rows_of(target.square()).sum(1);
  if (norm.eq(0).any().item<bool>()) {
    throw Error(ErrorKind::usage,
                "the target '" + call.arguments[1] + "' is 0 everywhere at '" + call.arguments[0] +
                    "', so no distance is a share of it",
                "content(...) has no such scale");
  }
  return rows_of((call.value - target).square()).sum(1) / norm;
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "distance",
    .arguments = "VALUE, TARGET",
    .sentence =
        "The squared distance of a value from a target picture's, over the target's squared norm (Mahendran and "
        "Vedaldi 2015, equation 1).",
    .least_arguments = 2,
    .most_arguments = 2,
    .targets = 0b10,
    .tap = tap_named,
    .evaluate = evaluate_distance};

}  // namespace fovea::objectives::distance

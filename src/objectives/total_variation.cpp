// total_variation(v,beta): sum (dx^2 + dy^2)^(beta/2) over a value's maps, such as the network's input.
// SPDX-License-Identifier: Apache-2.0
#include "core/variation.h"

#include "objectives/compared.h"

namespace fovea::objectives::total_variation {
namespace {

Tensor evaluate_variation(const ObjectiveCall& call) {
  constexpr std::int64_t map_axes = 4;
  if (call.value.dim() != map_axes) {
    throw Error(ErrorKind::usage,
                "total variation is of maps, '" + call.arguments[0] + "' is " + shape_of_one(call.value));
  }
  return fovea::total_variation(call.value, number_argument(call, 1, 2));
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "total_variation",
    .arguments = "VALUE[, BETA]",
    .sentence =
        "The total variation of a value's maps, BETA 2 unless said: subtract it for smooth ones (Mahendran and "
        "Vedaldi 2015, equation 5).",
    .least_arguments = 1,
    .most_arguments = 2,
    .tap = tap_named,
    .evaluate = evaluate_variation};

}  // namespace fovea::objectives::total_variation

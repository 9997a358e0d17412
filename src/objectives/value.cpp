// value(v): the sum of everything in a value; value(v,k): the sum of its channel k.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/arguments.h"

namespace fovea::objectives::value {
namespace {

Tensor evaluate_value(const ObjectiveCall& call) {
  Tensor value = call.value;
  if (call.arguments.size() > 1) value = value.select(1, index_argument(call, 1, channels_of(call), "channel"));
  return value.dim() == 0 ? value.reshape({1}) : value.reshape({value.size(0), -1}).sum(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "value",
    .arguments = "VALUE[, K]",
    .sentence = "The sum of everything in a value, or of its channel K: a whole layer or a whole map.",
    .least_arguments = 1,
    .most_arguments = 2,
    .tap = tap_named,
    .evaluate = evaluate_value};

}  // namespace fovea::objectives::value

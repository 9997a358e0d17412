// mean(v): the mean of everything in a value; mean(v,k): of its channel k.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/compared.h"

namespace fovea::objectives::mean {
namespace {

Tensor evaluate_mean(const ObjectiveCall& call) {
  if (call.arguments.size() == 1) return rows_of(call.value).mean(1);
  return rows_of(call.value.select(1, index_argument(call, 1, channels_of(call), "channel"))).mean(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "mean",
    .arguments = "VALUE[, K]",
    .sentence = "The mean of everything in a value, or of its channel K (which is channel(VALUE, K)).",
    .least_arguments = 1,
    .most_arguments = 2,
    .tap = tap_named,
    .evaluate = evaluate_mean};

}  // namespace fovea::objectives::mean

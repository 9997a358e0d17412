// channel(v,k): the mean over positions of channel k of value v (Olah et al. 2017, "channel").
// SPDX-License-Identifier: Apache-2.0
#include "objectives/arguments.h"

namespace fovea::objectives::channel {
namespace {

Tensor evaluate_channel(const ObjectiveCall& call) {
  const std::int64_t channel = index_argument(call, 1, channels_of(call), "channel");
  return call.value.select(1, channel).reshape({call.value.size(0), -1}).mean(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "channel",
    .arguments = "VALUE, K",
    .sentence = "The mean over positions of channel K of a value (Olah et al. 2017).",
    .least_arguments = 2,
    .most_arguments = 2,
    .tap = tap_named,
    .evaluate = evaluate_channel};

}  // namespace fovea::objectives::channel

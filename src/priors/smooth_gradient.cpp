// The gradient blurred by a Gaussian before it is followed: what does not hold for a neighbourhood is left out. Known
// from DeepDream's later code and from Oygard 2015, Visualizing GoogLeNet classes.
// SPDX-License-Identifier: Apache-2.0
#include "priors/shared/blurred.h"

#include <fovea/prior.h>

namespace fovea::priors::smooth_gradient {
namespace {

constexpr Option options[] = {
    {.name = "sigma", .type = OptionType::number, .fallback = "1", .range = "0..1000", .help = "Deviation, px."}};

Tensor steer(const PriorCall& call) { return blurred(call.gradient, call.options.number("sigma")); }

}  // namespace

extern constinit const PriorKind descriptor{.name = "smooth_gradient",
                                            .sentence = "Blurs the gradient before it is followed.",
                                            .paper = "Mordvintsev, Olah and Tyka 2015, DeepDream (released code)",
                                            .options = options,
                                            .steering = steer};

}  // namespace fovea::priors::smooth_gradient

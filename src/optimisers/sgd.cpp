// Gradient ascent with momentum: v <- momentum v + g, x <- x + rate v.
// SPDX-License-Identifier: Apache-2.0
#include "optimisers/shared/libtorch.h"

namespace fovea::optimisers::sgd {
namespace {

constexpr Option options[] = {
    {.name = "rate",
     .type = OptionType::number,
     .fallback = "1",
     .range = "0..1e12",
     .help = "Step size, in the canvas's own units: of a rate for pixels of 0..255 it is the 65025th part."},
    {.name = "momentum", .type = OptionType::number, .fallback = "0", .range = "0..0.9999", .help = "Memory of steps."},
    last_rate_option()};

std::unique_ptr<Optimiser> make_sgd(const OptimiserCall& call) {
  return libtorch_sgd(call.parameters, {.rate = rate_line(call), .momentum = call.options.number("momentum")});
}

}  // namespace

extern constinit const OptimiserKind descriptor{
    .name = "sgd",
    .sentence = "libtorch's stochastic gradient descent, uphill: steps in proportion to the gradient, with momentum.",
    .paper = "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
    .options = options,
    .make = make_sgd};

}  // namespace fovea::optimisers::sgd

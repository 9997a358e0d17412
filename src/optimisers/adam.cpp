// Adam (Kingma and Ba 2015): steps of about the same size for every parameter, m / (sqrt(v) + epsilon).
// SPDX-License-Identifier: Apache-2.0
#include "optimisers/shared/libtorch.h"

namespace fovea::optimisers::adam {
namespace {

constexpr Option options[] = {
    {.name = "rate", .type = OptionType::number, .fallback = "0.05", .range = "0..1000", .help = "Step size."},
    {.name = "beta1",
     .type = OptionType::number,
     .fallback = "0.9",
     .range = "0..0.9999",
     .help = "Memory of the mean."},
    {.name = "beta2",
     .type = OptionType::number,
     .fallback = "0.999",
     .range = "0..0.999999",
     .help = "Memory of the squares."},
    {.name = "epsilon",
     .type = OptionType::number,
     .fallback = "1e-8",
     .range = "0..1",
     .help = "Keeps the quotient finite."},
    last_rate_option()};

std::unique_ptr<Optimiser> make_adam(const OptimiserCall& call) {
  return libtorch_adam(call.parameters, {.rate = rate_line(call),
                                         .beta1 = call.options.number("beta1"),
                                         .beta2 = call.options.number("beta2"),
                                         .epsilon = call.options.number("epsilon")});
}

}  // namespace

extern constinit const OptimiserKind descriptor{
    .name = "adam",
    .sentence = "libtorch's Adam: every parameter moves by about the rate, however small its gradient is.",
    .paper = "Kingma and Ba 2015, Adam: A method for stochastic optimization",
    .options = options,
    .make = make_adam};

}  // namespace fovea::optimisers::adam

// L-BFGS (Liu and Nocedal 1989): steps by a quadratic model of the objective out of the last few gradients.
// SPDX-License-Identifier: Apache-2.0
#include "optimisers/shared/libtorch.h"

namespace fovea::optimisers::lbfgs {
namespace {

constexpr Option options[] = {
    {.name = "rate",
     .type = OptionType::number,
     .fallback = "1",
     .range = "0..1000",
     .help = "Share of the quadratic model's step that is taken, or tried first."},
    {.name = "history", .type = OptionType::integer, .fallback = "20", .range = "1..1000", .help = "Steps remembered."},
    {.name = "line_search",
     .type = OptionType::choice,
     .fallback = "strong_wolfe",
     .range = "strong_wolfe|none",
     .help = "How far a step goes: to where the strong Wolfe conditions hold, or by the rate alone."}};

std::unique_ptr<Optimiser> make_lbfgs(const OptimiserCall& call) {
  return libtorch_lbfgs(call.parameters, {.rate = call.options.number("rate"),
                                          .history = call.options.integer("history"),
                                          .line_search = call.options.text("line_search") == "strong_wolfe"});
}

}  // namespace

extern constinit const OptimiserKind descriptor{
    .name = "lbfgs",
    .sentence = "libtorch's L-BFGS: few large steps, for objectives that are smooth and not random (no transforms).",
    .paper = "Liu and Nocedal 1989, On the limited memory BFGS method for large scale optimization",
    .options = options,
    .make = make_lbfgs};

}  // namespace fovea::optimisers::lbfgs

// A penalty on edges: weight * sum (dx^2 + dy^2)^(beta/2) over channels and positions. Mahendran and Vedaldi 2015,
// equation 5; beta = 1 is Rudin, Osher and Fatemi's, larger ones spread edges out.
// SPDX-License-Identifier: Apache-2.0
#include "core/variation.h"

#include <fovea/prior.h>

namespace fovea::priors::total_variation {
namespace {

constexpr Option options[] = {
    {.name = "weight",
     .type = OptionType::number,
     .fallback = "0.01",
     .range = "0..1e12",
     .help = "Weight of the penalty."},
    {.name = "beta", .type = OptionType::number, .fallback = "2", .range = "0.5..10", .help = "Power of the gradient."},
    {.name = "isotropic",
     .type = OptionType::boolean,
     .fallback = "true",
     .help = "Takes the length of the gradient; otherwise the sum of |dx|^beta and |dy|^beta."}};

Tensor penalise(const PriorCall& call) {
  return call.options.number("weight") *
         fovea::total_variation(call.image, call.options.number("beta"), call.options.flag("isotropic"));
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "total_variation",
    .sentence = "Penalises differences between neighbouring pixels, so that noise gives way to areas and edges.",
    .paper = "Mahendran and Vedaldi 2015, Understanding deep image representations by inverting them, equation 5",
    .options = options,
    .penalty = penalise};

}  // namespace fovea::priors::total_variation

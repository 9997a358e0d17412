// A penalty on being far from the mean colour: weight * sum |x - mean|^power over channels and positions. Power 2 is
// Simonyan's lambda ||I||^2, 6 keeps all pixels within a range (Mahendran and Vedaldi 2015, equation 3).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/prior.h>

namespace fovea::priors::alpha_norm {
namespace {

constexpr Option options[] = {{.name = "weight",
                               .type = OptionType::number,
                               .fallback = "0.01",
                               .range = "0..1e12",
                               .help = "Weight of the penalty."},
                              {.name = "power",
                               .type = OptionType::number,
                               .fallback = "6",
                               .range = "1..20",
                               .help = "Power of the difference."}};

Tensor penalise(const PriorCall& call) {
  const Tensor difference = call.image - call.mean.to(call.image.device(), call.image.scalar_type());
  return call.options.number("weight") *
         difference.abs().pow(call.options.number("power")).reshape({call.image.size(0), -1}).sum(1);
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "alpha_norm",
    .sentence = "Penalises pixels that are far from the mean colour, by a power of their difference.",
    .paper = "Simonyan, Vedaldi and Zisserman 2013; Mahendran and Vedaldi 2015, equation 3",
    .options = options,
    .penalty = penalise};

}  // namespace fovea::priors::alpha_norm

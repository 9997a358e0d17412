// Weight decay towards the mean colour: x <- mean + (1 - rate)(x - mean) after every step but the last. Yosinski et al.
// 2015, section 3 (L2 decay).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/prior.h>

namespace fovea::priors::decay {
namespace {

constexpr Option options[] = {{.name = "rate",
                               .type = OptionType::number,
                               .fallback = "0.0001",
                               .range = "0..1",
                               .help = "Share of the difference from the mean colour that is lost."}};

Tensor project(const PriorCall& call) {
  if (call.step + 1 == call.steps) return call.image;
  const Tensor mean = call.mean.to(call.image.device(), call.image.scalar_type());
  return mean + (1 - call.options.number("rate")) * (call.image - mean);
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "decay",
    .sentence = "Takes the picture a little back to the mean colour after every step.",
    .paper = "Yosinski et al. 2015, Understanding neural networks through deep visualization, section 3",
    .options = options,
    .projection = project};

}  // namespace fovea::priors::decay

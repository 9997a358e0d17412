// Pixels of small norm go to the mean colour: where ||x - mean|| over the channels is below a percentile of the
// picture's. Yosinski et al. 2015, section 3. None in the last step.
// SPDX-License-Identifier: Apache-2.0
#include "priors/shared/blurred.h"

#include <ATen/ops/where.h>

#include <fovea/prior.h>

namespace fovea::priors::clip_norm {
namespace {

constexpr Option options[] = {{.name = "percentile",
                               .type = OptionType::number,
                               .fallback = "20",
                               .range = "0..100",
                               .help = "Share of the pixels that are cleared, percent (linear between ranks)."}};

Tensor project(const PriorCall& call) {
  if (call.step + 1 == call.steps) return call.image;
  const Tensor mean = call.mean.to(call.image.device(), call.image.scalar_type());
  const Tensor norm = (call.image - mean).square().sum(1, true).sqrt();
  const Tensor bar = percentile(norm.flatten(1), call.options.number("percentile")).reshape({-1, 1, 1, 1});
  return at::where(norm < bar, mean, call.image);
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "clip_norm",
    .sentence = "Clears the pixels that differ least from the mean colour.",
    .paper = "Yosinski et al. 2015, Understanding neural networks through deep visualization, section 3",
    .options = options,
    .projection = project};

}  // namespace fovea::priors::clip_norm

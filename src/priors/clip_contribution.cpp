// Pixels of small contribution go to the mean colour: the objective would change by about |sum_c g (mean - x)| if the
// pixel were cleared. Yosinski et al. 2015, section 3. None in the last step.
// SPDX-License-Identifier: Apache-2.0
#include "priors/shared/blurred.h"

#include <ATen/ops/where.h>

#include <fovea/prior.h>

namespace fovea::priors::clip_contribution {
namespace {

constexpr Option options[] = {{.name = "percentile",
                               .type = OptionType::number,
                               .fallback = "90",
                               .range = "0..100",
                               .help = "Share of the pixels that are cleared, percent (linear between ranks)."}};

Tensor project(const PriorCall& call) {
  if (call.step + 1 == call.steps) return call.image;
  const Tensor mean = call.mean.to(call.image.device(), call.image.scalar_type());
  const Tensor contribution = (call.gradient * (mean - call.image)).sum(1, true).abs();
  const Tensor bar = percentile(contribution.flatten(1), call.options.number("percentile")).reshape({-1, 1, 1, 1});
  return at::where(contribution < bar, mean, call.image);
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "clip_contribution",
    .sentence = "Clears the pixels that contribute least to the objective, by its gradient.",
    .paper = "Yosinski et al. 2015, Understanding neural networks through deep visualization, section 3",
    .options = options,
    .projection = project};

}  // namespace fovea::priors::clip_contribution

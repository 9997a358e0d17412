// A Gaussian blur of the picture every few steps: high frequencies must be asked for again and again. None in the last
// step. Yosinski et al. 2015, section 3; its deviation may move in a straight line (Oygard 2015).
// SPDX-License-Identifier: Apache-2.0
#include "priors/shared/blurred.h"

#include <fovea/prior.h>

namespace fovea::priors::blur {
namespace {

constexpr Option options[] = {
    {.name = "sigma", .type = OptionType::number, .fallback = "0.5", .range = "0..1000", .help = "Deviation, px."},
    {.name = "every",
     .type = OptionType::integer,
     .fallback = "1",
     .range = "1..1000000",
     .help = "Steps between blurs."},
    {.name = "last_sigma",
     .type = OptionType::number,
     .fallback = "-1",
     .range = "-1..1000",
     .help = "Deviation in the end, reached in a straight line; -1: the same throughout."}};

Tensor project(const PriorCall& call) {
  const bool last = call.step + 1 == call.steps;
  if (last || (call.step + 1) % call.options.integer("every") != 0) return call.image;
  const double first = call.options.number("sigma");
  const double end = call.options.number("last_sigma");
  const double share = static_cast<double>(call.step) / static_cast<double>(call.steps);
  return blurred(call.image, end < 0 ? first : first + share * (end - first));
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "blur",
    .sentence = "Blurs the picture every few steps.",
    .paper = "Yosinski et al. 2015, Understanding neural networks through deep visualization, section 3",
    .options = options,
    .projection = project};

}  // namespace fovea::priors::blur

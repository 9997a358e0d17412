// A picture with an alpha plane, both as spectra: what does not matter to the objective becomes transparent.
// Mordvintsev et al. 2018, Differentiable Image Parameterizations, section 5.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include "canvases/shared/spectrum.h"

namespace fovea::canvases::alpha {
namespace {

constexpr Option options[] = {{.name = "decay",
                               .type = OptionType::number,
                               .fallback = "1",
                               .range = "0..4",
                               .help = "Power by which high frequencies are held back."},
                              {.name = "sd",
                               .type = OptionType::number,
                               .fallback = "0.01",
                               .range = "0..10",
                               .help = "Standard deviation of the amplitudes at the start."},
                              colour_option};

Canvas make_alpha(const CanvasCall& call) {
  const CanvasPlan& plan = call.plan;
  const Finish finish{
      .decorrelated = call.options.text("colour") == "decorrelated", .sigmoid = true, .mean = plan.mean};
  const Tensor scale = frequency_scale(plan.height, plan.width, call.options.number("decay"));
  const std::int64_t height = plan.height;
  const std::int64_t width = plan.width;
  const Tensor noise = call.options.number("sd") * normal_per_picture(plan, {4, height, scale.size(1), 2});
  Tensor colours = noise.narrow(1, 0, 3);
  Tensor opacity = noise.narrow(1, 3, 1);
  if (plan.start.defined()) {
    colours = spectrum_of(finish.invert(plan.start), scale);
    opacity = at::zeros_like(opacity);
  }
  return {.parameters = {colours.detach().clone().requires_grad_(), opacity.detach().clone().requires_grad_()},
          .image =
              [=](const std::vector<Tensor>& p) {
                return at::cat(
                    {finish(planes_of(p[0], scale, height, width)), planes_of(p[1], scale, height, width).sigmoid()},
                    1);
              },
          .invert = {}};
}

}  // namespace

extern constinit const CanvasKind descriptor{
    .name = "alpha",
    .sentence = "A picture with an alpha plane: what does not matter to the objective becomes transparent.",
    .paper = "Mordvintsev et al. 2018, Differentiable Image Parameterizations (Distill)",
    .options = options,
    .make = make_alpha};

}  // namespace fovea::canvases::alpha

// A picture as its spectrum with decorrelated colours: x = sigmoid(C irfft2(s / max(f, 1/max(H,W))^decay) / 4).
// Olah, Mordvintsev and Schubert 2017, "Preconditioning and Parameterization"; Lucid's released code.
// SPDX-License-Identifier: Apache-2.0
#include "canvases/shared/spectrum.h"

namespace fovea::canvases::fourier {
namespace {

constexpr Option options[] = {{.name = "decay",
                               .type = OptionType::number,
                               .fallback = "1",
                               .range = "0..4",
                               .help = "Power by which high frequencies are held back; photographs have about 1."},
                              {.name = "sd",
                               .type = OptionType::number,
                               .fallback = "0.01",
                               .range = "0..10",
                               .help = "Standard deviation of the amplitudes at the start."},
                              colour_option,
                              bound_option("sigmoid")};

Canvas make_fourier(const CanvasCall& call) {
  const CanvasPlan& plan = call.plan;
  const Finish finish = finish_of(call);
  const Tensor scale = frequency_scale(plan.height, plan.width, call.options.number("decay"));
  const std::int64_t height = plan.height;
  const std::int64_t width = plan.width;
  const auto invert = [=](const Tensor& image) {
    return std::vector<Tensor>{spectrum_of(finish.invert(image), scale)};
  };
  const Tensor start = plan.start.defined()
                           ? invert(plan.start).front()
                           : call.options.number("sd") * normal_per_picture(plan, {3, height, scale.size(1), 2});
  return {.parameters = {start.detach().clone().requires_grad_()},
          .image = [=](const std::vector<Tensor>& p) { return finish(planes_of(p.front(), scale, height, width)); },
          .invert = invert};
}

}  // namespace

extern constinit const CanvasKind descriptor{
    .name = "fourier",
    .sentence = "The picture's spectrum, in colours that vary independently: large forms grow as fast as fine ones.",
    .paper = "Olah, Mordvintsev and Schubert 2017, Feature Visualization (Distill)",
    .options = options,
    .make = make_fourier};

}  // namespace fovea::canvases::fourier

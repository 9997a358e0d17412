// The picture itself: x = p, or its logistic function.
// SPDX-License-Identifier: Apache-2.0
#include "canvases/shared/colour.h"

namespace fovea::canvases::pixels {
namespace {

constexpr Option options[] = {
    {.name = "noise",
     .type = OptionType::number,
     .fallback = "0.01",
     .range = "0..10",
     .help = "Standard deviation of the start about the mean colour, in display units (0.04 is 10 grey levels)."},
    bound_option("none")};

Canvas make_pixels(const CanvasCall& call) {
  const CanvasPlan& plan = call.plan;
  Finish finish = finish_of(call);
  Tensor start = plan.start;
  if (!start.defined()) {
    start = plan.mean + call.options.number("noise") * normal_per_picture(plan, {3, plan.height, plan.width});
  }
  const bool sigmoid = finish.sigmoid;
  const auto invert = [finish](const Tensor& image) {
    return std::vector<Tensor>{finish.sigmoid ? finish.invert(image) : image.detach().clone()};
  };
  return {.parameters = {invert(start).front().detach().clone().requires_grad_()},
          .image = [sigmoid](const std::vector<Tensor>& p) { return sigmoid ? p.front().sigmoid() : p.front(); },
          .invert = invert};
}

}  // namespace

extern constinit const CanvasKind descriptor{
    .name = "pixels",
    .sentence = "The pixels themselves: nothing between the gradient and the picture, for recipes with priors.",
    .paper = "Erhan et al. 2009, Visualizing higher-layer features of a deep network",
    .options = options,
    .make = make_pixels};

}  // namespace fovea::canvases::pixels

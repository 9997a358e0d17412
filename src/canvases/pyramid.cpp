// A Laplacian pyramid: the sum of pictures of half the size each, enlarged bilinearly. Burt and Adelson 1983; as a
// canvas in Lucid ("low-resolution sums").
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros.h>

#include <fovea/ascent.h>

#include "canvases/shared/colour.h"

namespace fovea::canvases::pyramid {
namespace {

constexpr Option options[] = {
    {.name = "levels",
     .type = OptionType::integer,
     .fallback = "4",
     .range = "1..12",
     .help = "Pictures that are summed, each of half the sides of the one before; fewer where a side would vanish."},
    {.name = "noise",
     .type = OptionType::number,
     .fallback = "0.01",
     .range = "0..10",
     .help = "Standard deviation of each level at the start."},
    colour_option,
    bound_option("sigmoid")};

/// Sides of the levels, from the largest on.
std::vector<Shape> sides_of(const CanvasPlan& plan, std::int64_t levels) {
  std::vector<Shape> sides{{plan.height, plan.width}};
  while (static_cast<std::int64_t>(sides.size()) < levels && sides.back()[0] > 1 && sides.back()[1] > 1) {
    sides.push_back({(sides.back()[0] + 1) / 2, (sides.back()[1] + 1) / 2});
  }
  return sides;
}

Tensor sum_of(const std::vector<Tensor>& levels) {
  Tensor sum = levels.back();
  for (std::size_t i = levels.size() - 1; i-- > 0;) {
    sum = resize_pictures(sum, levels[i].size(2), levels[i].size(3)) + levels[i];
  }
  return sum;
}

/// Levels whose sum is the given planes: what each smaller level cannot show stays in the larger one.
std::vector<Tensor> levels_of(const Tensor& planes, const std::vector<Shape>& sides) {
  std::vector<Tensor> smaller{planes};
  for (std::size_t i = 1; i < sides.size(); ++i) {
    smaller.push_back(resize_pictures(smaller.back(), sides[i][0], sides[i][1]));
  }
  std::vector<Tensor> levels = smaller;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    levels[i] = smaller[i] - resize_pictures(smaller[i + 1], sides[i][0], sides[i][1]);
  }
  return levels;
}

Canvas make_pyramid(const CanvasCall& call) {
  const CanvasPlan& plan = call.plan;
  const Finish finish = finish_of(call);
  const std::vector<Shape> sides = sides_of(plan, call.options.integer("levels"));
  const auto invert = [=](const Tensor& image) { return levels_of(finish.invert(image), sides); };
  std::vector<Tensor> start;
  if (plan.start.defined()) {
    start = invert(plan.start);
  } else {
    for (std::size_t i = 0; i < sides.size(); ++i) {
      start.push_back(call.options.number("noise") * normal_per_picture(plan, {3, sides[i][0], sides[i][1]}, i));
    }
  }
  for (Tensor& level : start) level = level.detach().clone().requires_grad_();
  return {.parameters = start,
          .image = [finish](const std::vector<Tensor>& p) { return finish(sum_of(p)); },
          .invert = invert};
}

}  // namespace

extern constinit const CanvasKind descriptor{
    .name = "pyramid",
    .sentence = "A sum of pictures of several sizes: large forms can grow without moving every pixel.",
    .paper = "Burt and Adelson 1983, The Laplacian pyramid as a compact image code; as a canvas in Lucid",
    .options = options,
    .make = make_pyramid};

}  // namespace fovea::canvases::pyramid

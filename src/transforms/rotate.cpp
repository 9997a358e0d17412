// A turn about the centre by a random angle, bilinear; what comes from beyond the border is the border's own pixel.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ops/affine_grid_generator.h>
#include <ATen/ops/grid_sampler_2d.h>
#include <ATen/ops/tensor.h>

#include <fovea/transform.h>

namespace fovea::transforms::rotate {
namespace {

constexpr Option options[] = {
    {.name = "degrees",
     .type = OptionType::number,
     .fallback = "10",
     .range = "0..180",
     .help = "Largest angle either way. Angles are whole degrees; 0 is five more times among them, as in Lucid."}};

constexpr int more_zeros = 5;

double angle_of(double draw, double degrees) {
  const auto most = static_cast<std::int64_t>(std::floor(degrees));
  if (most == 0) return (2 * draw - 1) * degrees;  // below one degree: any
  const std::int64_t angles = 2 * most + 1 + more_zeros;
  const std::int64_t drawn = std::min(static_cast<std::int64_t>(draw * static_cast<double>(angles)), angles - 1);
  return drawn <= 2 * most ? static_cast<double>(drawn - most) : 0.0;
}

Tensor apply_rotate(const TransformCall& call) {
  const double degrees = angle_of(call.draws.uniform(1)[0], call.options.number("degrees"));
  if (degrees == 0) return call.image;
  constexpr std::int64_t bilinear = 0;
  constexpr std::int64_t border = 1;
  const double radians = degrees * std::numbers::pi / 180;
  const double aspect = static_cast<double>(call.image.size(2)) / static_cast<double>(call.image.size(3));
  const auto c = static_cast<float>(std::cos(radians));
  const double s = std::sin(radians);
  const Tensor turn = at::tensor({c, static_cast<float>(-s * aspect), 0.0F, static_cast<float>(s / aspect), c, 0.0F})
                          .reshape({1, 2, 3})
                          .expand({call.image.size(0), 2, 3})
                          .to(call.image.device(), call.image.scalar_type());
  const Tensor grid = at::affine_grid_generator(turn, call.image.sizes(), /*align_corners=*/false);
  return at::grid_sampler_2d(call.image, grid, bilinear, border, /*align_corners=*/false);
}

}  // namespace

extern constinit const TransformKind descriptor{
    .name = "rotate",
    .sentence = "Turns the picture by a few degrees.",
    .paper = "Olah, Mordvintsev and Schubert 2017, Feature Visualization (Distill)",
    .options = options,
    .apply = apply_rotate};

}  // namespace fovea::transforms::rotate

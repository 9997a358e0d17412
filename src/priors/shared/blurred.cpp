// Blur as two convolutions on a picture laid out with its reflection.
// SPDX-License-Identifier: Apache-2.0
#include "priors/shared/blurred.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ops/conv2d.h>
#include <ATen/ops/tensor.h>

namespace fovea::priors {
namespace {

/// The source of every position of an axis with `radius` more at both ends: ... 1 0 | 0 1 2 ... , as often as it takes.
Tensor reflected_places(std::int64_t size, std::int64_t radius, const Tensor& like) {
  std::vector<std::int64_t> places;
  for (std::int64_t i = -radius; i < size + radius; ++i) {
    const std::int64_t period = 2 * size;
    const std::int64_t at = ((i % period) + period) % period;
    places.push_back(at < size ? at : period - 1 - at);
  }
  return at::tensor(places).to(like.device());
}

Tensor blurred_along(const Tensor& pictures, std::int64_t axis, double sigma) {
  constexpr double reach = 4;
  const auto radius = static_cast<std::int64_t>(reach * sigma + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t i = -radius; i <= radius; ++i) {
    weights.push_back(std::exp(-0.5 * static_cast<double>(i * i) / (sigma * sigma)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  Shape shape{1, 1, 1, 1};
  shape[static_cast<std::size_t>(axis)] = 2 * radius + 1;
  const Tensor kernel = at::tensor(weights).to(pictures.device(), pictures.scalar_type()).reshape(shape);
  const Tensor wide = pictures.index_select(axis, reflected_places(pictures.size(axis), radius, pictures));
  const Tensor planes = wide.reshape({-1, 1, wide.size(2), wide.size(3)});
  return at::conv2d(planes, kernel).reshape(pictures.sizes());
}

}  // namespace

Tensor blurred(const Tensor& pictures, double sigma) {
  constexpr double nothing = 0.125;  // below that even the nearest weight is 1e-14
  if (sigma < nothing) return pictures;
  return blurred_along(blurred_along(pictures, 2, sigma), 3, sigma);
}

Tensor percentile(const Tensor& rows, double percent) {
  const Tensor sorted = std::get<0>(rows.sort(1));
  const double place = percent / 100 * static_cast<double>(rows.size(1) - 1);
  const auto below = static_cast<std::int64_t>(std::floor(place));
  const std::int64_t above = std::min(below + 1, rows.size(1) - 1);
  const double share = place - static_cast<double>(below);
  return sorted.select(1, below) * (1 - share) + sorted.select(1, above) * share;
}

}  // namespace fovea::priors

// Maps over pictures and signed maps: s' = s / (2 L) + 1/2 with L a percentile of |s|; over a picture with half of its
// colour taken out, p' = (1 - opacity) p + opacity c, the same everywhere, so that the map's colours can be read off.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include <fovea/error.h>
#include <fovea/image.h>

#include "image/levels.h"

namespace fovea {
namespace {

/// A map as floats on the CPU; double stays double.
Tensor as_floats(const Tensor& map) {
  const at::ScalarType type = map.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  return map.detach().to(at::kCPU, type).contiguous();
}

/// Returns a percentile of values, between neighbours by linear interpolation (as numpy.percentile); 0 of none.
double percentile_of(std::vector<double> values, double percentile) {
  if (values.empty()) return 0;
  const double position = percentile / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(position);
  const auto nth = values.begin() + below;
  std::nth_element(values.begin(), nth, values.end());
  if (nth + 1 == values.end()) return *nth;
  const double above = *std::min_element(nth + 1, values.end());
  return *nth + (position - static_cast<double>(below)) * (above - *nth);
}

/// Returns the magnitudes of a map's finite values.
std::vector<double> magnitudes(const Tensor& map) {
  const Tensor doubles = map.to(at::kDouble);
  const double* value = doubles.data_ptr<double>();
  std::vector<double> result;
  result.reserve(static_cast<std::size_t>(doubles.numel()));
  for (std::int64_t i = 0; i < doubles.numel(); ++i) {
    if (std::isfinite(value[i])) result.push_back(std::abs(value[i]));
  }
  return result;
}

std::uint8_t to_byte(double value) { return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0))); }

}  // namespace

Tensor scale_unsigned(const Tensor& map) {
  const Tensor positive = as_floats(map).clamp_min(0);
  const std::vector<double> values = magnitudes(positive);
  const double largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  if (largest == 0) return positive.clamp_max(1);
  // In double, where the reciprocal of the smallest float is still finite.
  return positive.to(at::kDouble).div(largest).clamp_max(1).to(positive.scalar_type());
}

Tensor scale_signed(const Tensor& map, double percentile) {
  if (!(percentile > 0 && percentile <= 100)) {
    throw Error(ErrorKind::usage, "a percentile must be over 0 and at most 100, not " + std::to_string(percentile));
  }
  const Tensor floats = as_floats(map);
  std::vector<double> values = magnitudes(floats);
  const double largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  double limit = percentile_of(std::move(values), percentile);
  // A map with fewer values than the percentile cuts off would vanish.
  if (limit == 0) limit = largest;
  if (limit == 0) limit = 1;
  return floats.to(at::kDouble).div(2 * limit).add(0.5).clamp(0, 1).to(floats.scalar_type());
}

Image overlay(const Image& picture, const Tensor& map01, std::string_view colour_map, double opacity) {
  constexpr double kept_colour = 0.5;  // less competes with the map's colours; none would hide what the picture shows
  if (!(opacity >= 0 && opacity <= 1)) {
    throw Error(ErrorKind::usage, "an overlay's opacity must be in 0..1, not " + std::to_string(opacity));
  }
  Image result = colourise(resize_map(map01, picture.width, picture.height), colour_map);
  for (std::size_t i = 0; i < result.rgb.size(); i += 3) {
    const std::uint8_t* pixel = picture.rgb.data() + i;
    const double luma = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];  // Rec. 601
    for (std::size_t c = 0; c < 3; ++c) {
      const double faded = luma + kept_colour * (pixel[c] - luma);
      result.rgb[i + c] = to_byte((1 - opacity) * faded + opacity * result.rgb[i + c]);
    }
  }
  return result;
}

Image picture_of_levels(const Tensor& levels) {
  const Tensor floats = as_floats(levels).to(at::kFloat);
  const auto height = static_cast<int>(levels.size(-2));
  const auto width = static_cast<int>(levels.size(-1));
  Image image = make_image(width, height);
  const float* value = floats.data_ptr<float>();
  const bool grey = levels.dim() == 2;
  const std::size_t plane = grey ? 0 : static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    const double level = value[i % 3 * plane + i / 3];
    image.rgb[i] = to_byte(255 * (std::isnan(level) ? 0.5 : level));
  }
  return image;
}

Image signed_picture(const Tensor& map, double percentile) {
  const bool grey = map.defined() && map.dim() == 2;
  if (!grey && !(map.defined() && map.dim() == 3 && map.size(0) == 3)) {
    throw Error(ErrorKind::shape, "a signed map to draw must be [3,H,W] or [H,W]");
  }
  return picture_of_levels(scale_signed(map, percentile));
}

}  // namespace fovea

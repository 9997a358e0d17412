// Graded changes of pictures of 8 bits; each returns a picture of 8 bits of the same size.
// SPDX-License-Identifier: Apache-2.0
#include "attack/disturbance.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/invariance.h>

#include "core/random.h"
#include "image/codecs/jpeg.h"

namespace fovea {
namespace {

constexpr double white = 255;

/// To the right and down by whole pixels.
Image shift(const Image& picture, double amount, std::uint64_t /*seed*/) {
  Image moved = make_image(picture.width, picture.height);
  const int by = static_cast<int>(std::lround(amount));
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      std::copy_n(picture.at(std::max(0, x - by), std::max(0, y - by)), 3, moved.at(x, y));
    }
  }
  return moved;
}

Image enlarge(const Image& picture, double amount, std::uint64_t /*seed*/) {
  return transformed(picture, Transformation::scale, amount, Border::edge);
}

Image turn(const Image& picture, double amount, std::uint64_t /*seed*/) {
  return transformed(picture, Transformation::rotation, amount, Border::edge);
}

/// Sums along one axis: value i of a line of `count` values, `step` apart, becomes sum_k w[|k|] value[i + k]; beyond
/// the ends lies the last value.
void blur_line(float* line, int count, std::ptrdiff_t step, const std::vector<float>& weights,
               std::vector<float>& padded) {
  const auto reach = static_cast<int>(weights.size()) - 1;
  padded.resize(static_cast<std::size_t>(count + 2 * reach));
  for (int i = 0; i < count + 2 * reach; ++i) padded[i] = line[std::clamp(i - reach, 0, count - 1) * step];
  for (int i = 0; i < count; ++i) {
    const float* middle = padded.data() + i + reach;
    float sum = weights[0] * middle[0];
    for (int k = 1; k <= reach; ++k) sum += weights[k] * (middle[-k] + middle[k]);
    line[i * step] = sum;
  }
}

/// By a Gaussian, along rows, then along columns.
Image blur(const Image& picture, double amount, std::uint64_t /*seed*/) {
  constexpr double most_deviations = 4;  // the tails beyond
  const int reach = static_cast<int>(std::ceil(most_deviations * amount));
  std::vector<double> bell;
  double sum = 0;
  for (int k = 0; k <= reach; ++k) {
    bell.push_back(std::exp(-0.5 * k * k / (amount * amount)));
    sum += (k == 0 ? 1 : 2) * bell.back();
  }
  std::vector<float> weights;
  for (const double height : bell) weights.push_back(static_cast<float>(height / sum));
  std::vector<float> values(picture.rgb.begin(), picture.rgb.end());
  std::vector<float> padded;
  const std::ptrdiff_t row = std::ptrdiff_t{3} * picture.width;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < picture.height; ++y) blur_line(values.data() + y * row + c, picture.width, 3, weights, padded);
  }
  for (int i = 0; i < row; ++i) blur_line(values.data() + i, picture.height, row, weights, padded);
  Image blurred = make_image(picture.width, picture.height);
  std::transform(values.begin(), values.end(), blurred.rgb.begin(),
                 [](float value) { return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F))); });
  return blurred;
}

Image brighten(const Image& picture, double amount, std::uint64_t /*seed*/) {
  return from_display(to_display(picture) + amount / white);
}

Image add_noise(const Image& picture, double amount, std::uint64_t seed) {
  const Tensor display = to_display(picture);
  return from_display(display + normal(display.sizes().vec(), seed, 0) * (amount / white));
}

Image compress(const Image& picture, double amount, std::uint64_t /*seed*/) {
  const std::vector<std::uint8_t> bytes = encode_jpeg(picture, static_cast<int>(amount));
  return decode_image(bytes, "a picture stored as JPEG");
}

constexpr Disturbance table[] = {
    {"shift", "px", {1, 2, 4, 8, 16}, shift},
    {"scale", "times", {1.01, 1.02, 1.05, 1.1, 1.25}, enlarge},
    {"rotate", "degrees", {0.5, 1, 2, 5, 15}, turn},
    {"blur", "px deviation", {0.3, 0.5, 0.7, 1, 2}, blur},
    {"brightness", "/255", {2, 5, 10, 20, 40}, brighten},
    {"noise", "/255 deviation", {1, 2, 4, 8, 16}, add_noise},
    {"jpeg", "quality", {98, 95, 90, 75, 50}, compress},
};

}  // namespace

std::span<const Disturbance> disturbances() { return table; }

}  // namespace fovea

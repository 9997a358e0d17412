// SPDX-License-Identifier: Apache-2.0
#include "train/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fovea/error.h>

namespace fovea {
namespace {

constexpr std::int64_t most_pictures = 256;
constexpr double byte_scale = 1.0 / 255;
constexpr double least_deviation = 0.01;  // of pictures of one colour

/// Sums of a channel's values and of their squares.
struct Moments {
  double count = 0;
  std::array<double, 3> sum{};
  std::array<double, 3> squares{};
};

void add(Moments& moments, const Image& picture) {
  for (std::size_t i = 0; i + 2 < picture.rgb.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double value = picture.rgb[i + c] * byte_scale;
      moments.sum[c] += value;
      moments.squares[c] += value * value;
    }
  }
  moments.count += static_cast<double>(picture.rgb.size() / 3);
}

double rounded(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

Preprocess measure_preprocess(const Pictures& pictures, int size) {
  Moments moments;
  std::string reason = "it is empty";
  const std::int64_t looked_at = std::min(pictures.size(), most_pictures);
  for (std::int64_t i = 0; i < looked_at; ++i) {
    try {
      add(moments, pictures.at(i * pictures.size() / looked_at).picture);
    } catch (const Error& error) {
      reason = error.what();
    }
  }
  if (moments.count == 0) throw Error(ErrorKind::format, "the data set has no picture that can be read: " + reason);
  Preprocess result{.source = "measured", .width = size, .height = size, .scale = byte_scale, .mean = {}, .std = {}};
  for (std::size_t c = 0; c < 3; ++c) {
    const double mean = moments.sum[c] / moments.count;
    const double variance = moments.squares[c] / moments.count - mean * mean;
    result.mean.push_back(rounded(mean));
    result.std.push_back(std::max(rounded(std::sqrt(std::max(variance, 0.0))), least_deviation));
  }
  return result;
}

}  // namespace fovea

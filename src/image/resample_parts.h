// What the ways of resampling share: how an axis is resized, rows that may be read beyond their end, taps and their
// weights. What includes this is compiled with the options that CMakeLists.txt gives resample*.cpp: a product and a sum
// that became one operation would round otherwise.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "image/resample.h"

namespace fovea {

inline constexpr int channels = 3;
inline constexpr int most_read = 16;  // bytes that are read at once from a pixel on

using Floats4 = float __attribute__((vector_size(16)));
using Ints4 = std::int32_t __attribute__((vector_size(16)));
using Bytes4 = std::uint8_t __attribute__((vector_size(4)));

/// Reads as many bytes as a vector has.
template <class Vector>
Vector loaded(const std::uint8_t* from) {
  Vector bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

/// How an axis shrinks or grows. The quotients are taken in this order so that they round as OpenCV's do.
struct Axis {
  Axis(int from, int to) : from(from), to(to), growth(static_cast<double>(to) / from), scale(1 / growth) {}

  /// Whole, if the axis shrinks to that part exactly, else 0.
  int whole_scale() const {
    const double whole = std::nearbyint(scale);
    return std::abs(scale - whole) < std::numeric_limits<double>::epsilon() ? static_cast<int>(whole) : 0;
  }

  int from, to;
  double growth, scale;
};

/// Rows of pixels of which a few bytes beyond the end may be read.
class Rows {
 public:
  explicit Rows(const Pixels& pixels) : pixels_(pixels) {
    row_bytes_ = std::size_t{channels} * static_cast<std::size_t>(pixels.width);
    const int copied = std::min(pixels.height, 1 + most_read / (channels * pixels.width));
    direct_ = pixels.height - copied;
    last_.resize(row_bytes_ * static_cast<std::size_t>(copied) + most_read);
    for (int i = 0; i < copied; ++i) {
      std::copy_n(pixels.rgb + (direct_ + i) * pixels.stride, row_bytes_,
                  last_.begin() + static_cast<std::ptrdiff_t>(row_bytes_) * i);
    }
  }

  const std::uint8_t* operator[](int y) const {
    y = std::clamp(y, 0, pixels_.height - 1);
    if (y < direct_) return pixels_.rgb + y * pixels_.stride;
    return last_.data() + static_cast<std::ptrdiff_t>(row_bytes_) * (y - direct_);
  }

 private:
  Pixels pixels_;
  int direct_;
  std::size_t row_bytes_;
  std::vector<std::uint8_t> last_;
};

/// A pixel of a resized axis: (1-t) p[first] + t p[first + 1].
struct Tap {
  int first;
  float t;
};

inline constexpr int weight_bits = 11;

/// Returns a weight in 2048ths.
inline std::int16_t whole_weight(float weight) {
  return static_cast<std::int16_t>(std::lrint(weight * static_cast<float>(1 << weight_bits)));
}

/// Returns the taps of a linear axis, of which the first and last may stick out.
std::vector<Tap> linear_taps(const Axis& axis);
/// Returns the taps of an axis that grows by area.
std::vector<Tap> growing_area_taps(const Axis& axis);
/// Puts taps that stick out onto the border's pixel alone.
void keep_inside(std::vector<Tap>& taps, int size);

/// Mixes two pixels along each axis.
void mix(const Rows& rows, const std::vector<Tap>& across, const std::vector<Tap>& down, std::uint8_t* to);
/// Takes the mean of blocks, where both axes shrink to a whole part.
void mean_of_blocks(const Rows& rows, const Axis& across, const Axis& down, std::uint8_t* to);
/// Takes the mean of pixels and parts of them, where neither axis grows.
void mean_of_parts(const Rows& rows, const Axis& across, const Axis& down, std::uint8_t* to);
/// Weights four pixels along each axis.
void cubic(const Rows& rows, const Axis& across, const Axis& down, std::uint8_t* to);

}  // namespace fovea

// Cubic resampling: four pixels along each axis, weighted by Keys' kernel with a = -3/4 (Keys 1981, Cubic convolution
// interpolation), weights in whole 2048ths.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/fused.h"
#include "image/resample_parts.h"

namespace fovea {
namespace {

constexpr int cubic_reach = 4;

struct CubicTap {
  std::array<int, cubic_reach> places;  ///< inside
  std::array<std::int32_t, cubic_reach> weights;
};

/// Keys' kernel at a distance.
float keys(float distance) {
  constexpr float a = -0.75F;
  const float d = std::abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return a * (((d - 5) * d + 8) * d - 4);
}

std::vector<CubicTap> cubic_taps(const Axis& axis) {
  std::vector<CubicTap> taps;
  for (const Tap& tap : linear_taps(axis)) {
    CubicTap cubic{};
    for (int k = 0; k < cubic_reach; ++k) {
      cubic.places[k] = std::clamp(tap.first - 1 + k, 0, axis.from - 1);
      cubic.weights[k] = whole_weight(keys(tap.t + static_cast<float>(1 - k)));
    }
    taps.push_back(cubic);
  }
  return taps;
}

/// `to` is a number longer than the row.
FOVEA_VECTOR_CLONES
void cubic_row(const std::uint8_t* from, const CubicTap* tap, std::int32_t* to, int count) {
  for (int i = 0; i < count; ++i, ++tap, to += channels) {
    Ints4 sum{};
    for (int k = 0; k < cubic_reach; ++k) {
      sum += __builtin_convertvector(loaded<Bytes4>(from + std::ptrdiff_t{channels} * tap->places[k]), Ints4) *
             tap->weights[k];
    }
    std::memcpy(to, &sum, sizeof sum);
  }
}

FOVEA_VECTOR_CLONES
void cubic_column(const std::array<const std::int32_t*, cubic_reach>& rows,
                  const std::array<std::int32_t, cubic_reach>& weights, std::uint8_t* __restrict to,
                  std::size_t count) {
  constexpr int bits = 2 * weight_bits;
  const std::int32_t* const a = rows[0];
  const std::int32_t* const b = rows[1];
  const std::int32_t* const c = rows[2];
  const std::int32_t* const d = rows[3];
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t sum =
        a[i] * weights[0] + b[i] * weights[1] + c[i] * weights[2] + d[i] * weights[3] + (1 << (bits - 1));
    to[i] = static_cast<std::uint8_t>(std::clamp(sum >> bits, 0, 255));
  }
}

}  // namespace

void cubic(const Rows& rows, const Axis& across, const Axis& down, std::uint8_t* to) {
  const std::vector<CubicTap> columns = cubic_taps(across);
  const std::size_t bytes = std::size_t{channels} * static_cast<std::size_t>(across.to);
  std::array<std::vector<std::int32_t>, cubic_reach> kept;  // row y at y % 4: any four neighbours fit
  std::array<int, cubic_reach> kept_y{-1, -1, -1, -1};
  for (const CubicTap& tap : cubic_taps(down)) {
    std::array<const std::int32_t*, cubic_reach> four{};
    for (int k = 0; k < cubic_reach; ++k) {
      const int y = tap.places[k];
      std::vector<std::int32_t>& row = kept[y % cubic_reach];
      if (kept_y[y % cubic_reach] != y) {
        row.resize(bytes + 1);
        cubic_row(rows[y], columns.data(), row.data(), across.to);
        kept_y[y % cubic_reach] = y;
      }
      four[k] = row.data();
    }
    cubic_column(four, tap.weights, to, bytes);
    to += bytes;
  }
}

}  // namespace fovea

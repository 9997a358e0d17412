// Resampling by two taps, (1-t) p[k] + t p[k+1], along each axis.
//   linear               k + t = (i + 1/2) m / n - 1/2
//   area, growing axis   k = floor(i m / n), t = frac(i + 1 - (k + 1) n / m) where that is positive
// For the bytes of cv::resize, weights of an axis are whole 2048ths; rows keep 7 of their weights' 11 bits, and each
// row's product 2 of the remaining ones, before the rows are summed and rounded. Maps are mixed in their own precision.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "core/fused.h"
#include "image/resample_parts.h"

namespace fovea {
namespace {

constexpr int row_bits = 7;  // of the weights that a resampled row keeps

/// The taps of a row as tables per byte.
struct ByteTaps {
  explicit ByteTaps(const std::vector<Tap>& taps) {
    for (const Tap& tap : taps) {
      places.push_back(channels * tap.first);
      weights.insert(weights.end(), channels, whole_weight(1 - tap.t));
      next_weights.insert(next_weights.end(), channels, whole_weight(tap.t));
    }
  }

  std::vector<std::int32_t> places;  ///< per pixel
  std::vector<std::int16_t> weights, next_weights;
};

/// Lays the two pixels of every tap into rows of their own, a byte longer than they are.
void gather(const std::uint8_t* from, const std::vector<std::int32_t>& places, std::uint8_t* here, std::uint8_t* next) {
  static_assert(most_read >= 2 * channels + 1);
  for (const std::int32_t place : places) {
    std::memcpy(here, from + place, channels + 1);
    std::memcpy(next, from + place + channels, channels + 1);
    here += channels;
    next += channels;
  }
}

FOVEA_VECTOR_CLONES
void mix_pixels(const std::uint8_t* __restrict here, const std::uint8_t* __restrict next,
                const std::int16_t* __restrict weights, const std::int16_t* __restrict next_weights,
                std::int16_t* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = static_cast<std::int16_t>((here[i] * weights[i] + next[i] * next_weights[i]) >> (weight_bits - row_bits));
  }
}

/// Sums two rows, each by its weight, and rounds.
FOVEA_VECTOR_CLONES
void mix_rows(const std::int16_t* __restrict upper, const std::int16_t* __restrict lower, std::int16_t weight,
              std::int16_t lower_weight, std::uint8_t* __restrict to, std::size_t count) {
  constexpr int product_shift = 16;  // leaves two bits behind the point
  static_assert(weight_bits + row_bits - product_shift == 2);
  for (std::size_t i = 0; i < count; ++i) {
    const auto a = static_cast<std::int16_t>((upper[i] * weight) >> product_shift);
    const auto b = static_cast<std::int16_t>((lower[i] * lower_weight) >> product_shift);
    to[i] = static_cast<std::uint8_t>(static_cast<std::int16_t>(a + b + 2) >> 2);
  }
}

template <class Value>
void mix_map(const Value* from, const Axis& across, const Axis& down, Value* to) {
  std::vector<Tap> columns = linear_taps(across);
  keep_inside(columns, across.from);
  std::vector<Tap> lines = linear_taps(down);
  keep_inside(lines, down.from);
  struct Row {
    int y = -1;
    std::vector<Value> values;
  };
  Row upper;
  Row lower;
  const auto make = [&](Row& row, int y) {
    y = std::min(y, down.from - 1);
    if (row.y == y) return;
    row.y = y;
    row.values.resize(columns.size());
    const Value* line = from + static_cast<std::ptrdiff_t>(y) * across.from;
    for (std::size_t x = 0; x < columns.size(); ++x) {
      const auto [first, t] = columns[x];
      row.values[x] = (1 - t) * line[first] + t * line[std::min(first + 1, across.from - 1)];
    }
  };
  for (const Tap& tap : lines) {
    if (lower.y == tap.first) std::swap(upper, lower);
    make(upper, tap.first);
    make(lower, tap.first + 1);
    const Value* __restrict a = upper.values.data();
    const Value* __restrict b = lower.values.data();
    const Value weight = 1 - tap.t;
    const Value lower_weight = tap.t;
    for (int x = 0; x < across.to; ++x) to[x] = weight * a[x] + lower_weight * b[x];
    to += across.to;
  }
}

}  // namespace

std::vector<Tap> linear_taps(const Axis& axis) {
  std::vector<Tap> taps;
  for (int i = 0; i < axis.to; ++i) {
    const auto place = static_cast<float>((i + 0.5) * axis.scale - 0.5);
    const int first = static_cast<int>(std::floor(place));
    taps.push_back({first, place - static_cast<float>(first)});
  }
  return taps;
}

std::vector<Tap> growing_area_taps(const Axis& axis) {
  std::vector<Tap> taps;
  for (int i = 0; i < axis.to; ++i) {
    const int first = static_cast<int>(std::floor(i * axis.scale));
    const auto t = static_cast<float>((i + 1) - (first + 1) * axis.growth);
    taps.push_back({first, t <= 0 ? 0 : t - std::floor(t)});
  }
  return taps;
}

void keep_inside(std::vector<Tap>& taps, int size) {
  for (Tap& tap : taps) {
    if (tap.first < 0) tap = {0, 0};
    if (tap.first >= size - 1) tap = {size - 1, 0};
  }
}

void mix(const Rows& rows, const std::vector<Tap>& across, const std::vector<Tap>& down, std::uint8_t* to) {
  const ByteTaps taps(across);
  const std::size_t count = taps.weights.size();
  std::vector<std::uint8_t> here(count + 1);
  std::vector<std::uint8_t> next(count + 1);
  struct Row {
    int y = std::numeric_limits<int>::min();
    std::vector<std::int16_t> values;
  };
  Row upper;
  Row lower;
  const auto make = [&](Row& row, int y) {
    if (row.y == y) return;
    row.y = y;
    row.values.resize(count);
    gather(rows[y], taps.places, here.data(), next.data());
    mix_pixels(here.data(), next.data(), taps.weights.data(), taps.next_weights.data(), row.values.data(), count);
  };
  for (const Tap& tap : down) {
    if (lower.y == tap.first) std::swap(upper, lower);
    make(upper, tap.first);
    make(lower, tap.first + 1);
    mix_rows(upper.values.data(), lower.values.data(), whole_weight(1 - tap.t), whole_weight(tap.t), to, count);
    to += count;
  }
}

void resample(const float* from, int w, int h, int width, int height, float* to) {
  mix_map(from, Axis(w, width), Axis(h, height), to);
}

void resample(const double* from, int w, int h, int width, int height, double* to) {
  mix_map(from, Axis(w, width), Axis(h, height), to);
}

}  // namespace fovea

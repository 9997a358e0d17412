// Resampling with half-pixel centres: pixel i of n shows the place (i + 1/2) m / n - 1/2 of an axis of m pixels.
//   nearest   the pixel at floor(i m / n)
//   linear    (1-t) p[k] + t p[k+1], place = k + t
//   cubic     four pixels, weighted by Keys' kernel with a = -3/4 (Keys 1981, Cubic convolution interpolation)
//   area      the mean over the interval [i m / n, (i+1) m / n)
//
// Networks are fed by this, so the bytes of linear and area are those that cv::resize makes of 8-bit RGB (4.6, and the
// tests hold the two together): weights of an axis are whole 2048ths; linear rows keep 7 of their weights' 11 bits, and
// each row's product 2 of the remaining ones, before the rows are summed and rounded; exact halves of both axes, the
// mean of 2 x 2, come out the same and are taken in a loop of their own; means of whole blocks sum whole numbers,
// others sum in float32, row by row; area where an axis grows mixes two pixels, k = floor(i m / n), t = frac(i + 1 - (k
// + 1) n / m) where that is positive.
// SPDX-License-Identifier: Apache-2.0
#include "image/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "core/fused.h"

namespace fovea {
namespace {

constexpr int channels = 3;
constexpr int most_read = 16;    // bytes that are read at once from a pixel on
constexpr int most_written = 8;  // likewise

using Floats4 = float __attribute__((vector_size(16)));
using Ints4 = std::int32_t __attribute__((vector_size(16)));
using Shorts8 = std::uint16_t __attribute__((vector_size(16)));
using Bytes16 = std::uint8_t __attribute__((vector_size(16)));
using Bytes4 = std::uint8_t __attribute__((vector_size(4)));

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

// --- two taps ---

/// A pixel of a resized axis: (1-t) p[first] + t p[first + 1].
struct Tap {
  int first;
  float t;
};

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

/// Puts taps that stick out onto the border's pixel alone.
void keep_inside(std::vector<Tap>& taps, int size) {
  for (Tap& tap : taps) {
    if (tap.first < 0) tap = {0, 0};
    if (tap.first >= size - 1) tap = {size - 1, 0};
  }
}

constexpr int weight_bits = 11;
constexpr int row_bits = 7;  // of the weights that a resampled row keeps

std::int16_t whole_weight(float weight) {
  return static_cast<std::int16_t>(std::lrint(weight * static_cast<float>(1 << weight_bits)));
}

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

/// Mixes two pixels along each axis.
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

// --- means ---

/// Rounds values of 0 to 255, halves to even.
FOVEA_VECTOR_CLONES
void round_values(const float* __restrict values, std::uint8_t* __restrict to, std::size_t count) {
  constexpr float whole = 12582912;  // 1.5 * 2^23: from here on a float has no fraction
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>((values[i] + whole) - whole));
  }
}

/// The mean of 2 x 2 pixels, halves up, two means at once: bytes of one channel that are to be summed are laid beside
/// each other. Up to `most_written` bytes from the last mean on are written.
FOVEA_VECTOR_CLONES
void mean_of_four(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* to, int count) {
  constexpr Bytes16 pairs{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, 12, 12, 12, 12};
  constexpr Bytes16 low_bytes{0, 2, 4, 6, 8, 10, 12, 14, 0, 0, 0, 0, 0, 0, 0, 0};
  for (int i = 0; i < count; i += 2) {
    const auto a = reinterpret_cast<Shorts8>(__builtin_shuffle(loaded<Bytes16>(upper), pairs));
    const auto b = reinterpret_cast<Shorts8>(__builtin_shuffle(loaded<Bytes16>(lower), pairs));
    const Shorts8 sum = (a & 255) + (a >> 8) + (b & 255) + (b >> 8);
    const Bytes16 mean = __builtin_shuffle(reinterpret_cast<Bytes16>((sum + 2) >> 2), low_bytes);
    std::memcpy(to, &mean, most_written);  // the next pixels cover what is too much
    upper += 4 * channels;
    lower += 4 * channels;
    to += 2 * channels;
  }
}

FOVEA_VECTOR_CLONES
void add_row(const std::uint8_t* __restrict row, std::int32_t* __restrict sums, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += row[i];
}

/// Sums runs of `run` pixels; `to` is a number longer than the sums.
FOVEA_VECTOR_CLONES
void sum_runs(const std::int32_t* from, int run, float scale, float* to, int count) {
  for (int i = 0; i < count; ++i) {
    Ints4 sum{};
    for (int k = 0; k < run; ++k, from += channels) {
      Ints4 pixel;
      std::memcpy(&pixel, from, sizeof pixel);
      sum += pixel;
    }
    const Floats4 mean = __builtin_convertvector(sum, Floats4) * scale;
    std::memcpy(to, &mean, sizeof mean);
    to += channels;
  }
}

void mean_of_blocks(const Rows& rows, const Axis& across, const Axis& down, std::uint8_t* to) {
  const int block_width = across.whole_scale();
  const int block_height = down.whole_scale();
  const std::size_t bytes = std::size_t{channels} * static_cast<std::size_t>(across.to);
  std::vector<std::uint8_t> row(bytes + most_written);
  std::vector<std::int32_t> sums(bytes * static_cast<std::size_t>(block_width) + 1);
  std::vector<float> means(bytes + 1);
  const float scale = 1.0F / static_cast<float>(block_width * block_height);
  for (int y = 0; y < down.to; ++y, to += bytes) {
    if (block_width == 2 && block_height == 2) {
      const bool last = static_cast<std::size_t>(down.to - 1 - y) * bytes < most_written;
      mean_of_four(rows[2 * y], rows[2 * y + 1], last ? row.data() : to, across.to);
      if (last) std::copy_n(row.data(), bytes, to);
      continue;
    }
    std::fill(sums.begin(), sums.end(), 0);
    for (int k = 0; k < block_height; ++k) add_row(rows[y * block_height + k], sums.data(), sums.size() - 1);
    sum_runs(sums.data(), block_width, scale, means.data(), across.to);
    round_values(means.data(), to, bytes);
  }
}

/// How much of a pixel's mean the pixels of the source are: of pixel `to`, `from` is `share`.
struct Part {
  int from, to;
  float share;
};

std::vector<Part> parts_of(const Axis& axis) {
  constexpr double least = 1e-3;  // of a pixel; less is taken for rounding
  std::vector<Part> parts;
  for (int i = 0; i < axis.to; ++i) {
    const double begin = i * axis.scale;
    const double end = begin + axis.scale;
    const double length = std::min(axis.scale, axis.from - begin);
    const int whole_end = std::min(static_cast<int>(std::floor(end)), axis.from - 1);
    const int whole_begin = std::min(static_cast<int>(std::ceil(begin)), whole_end);
    const double before = whole_begin - begin;
    const double after = end - whole_end;
    if (before > least) parts.push_back({whole_begin - 1, i, static_cast<float>(before / length)});
    for (int k = whole_begin; k < whole_end; ++k) parts.push_back({k, i, static_cast<float>(1 / length)});
    if (after > least) {
      parts.push_back({whole_end, i, static_cast<float>(std::min({after, 1.0, length}) / length)});
    }
  }
  return parts;
}

/// Sums parts of pixels along a row; `to` is a number longer than the sums.
FOVEA_VECTOR_CLONES
void sum_parts(const std::uint8_t* row, const Part* part, const Part* end, float* to) {
  while (part != end) {
    const int pixel = part->to;
    Floats4 sum{};
    for (; part != end && part->to == pixel; ++part) {
      sum +=
          __builtin_convertvector(loaded<Bytes4>(row + std::ptrdiff_t{channels} * part->from), Floats4) * part->share;
    }
    std::memcpy(to + std::ptrdiff_t{channels} * pixel, &sum, sizeof sum);
  }
}

FOVEA_VECTOR_CLONES
void add_share(const float* __restrict row, float share, float* __restrict sums, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += share * row[i];
}

void mean_of_parts(const Rows& rows, const Axis& across, const Axis& down, std::uint8_t* to) {
  const std::vector<Part> columns = parts_of(across);
  const std::vector<Part> lines = parts_of(down);
  const std::size_t bytes = std::size_t{channels} * static_cast<std::size_t>(across.to);
  std::vector<float> row(bytes + 1);
  std::vector<float> sums(bytes);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 0 || lines[i].from != lines[i - 1].from) {
      sum_parts(rows[lines[i].from], columns.data(), columns.data() + columns.size(), row.data());
    }
    add_share(row.data(), lines[i].share, sums.data(), bytes);
    if (i + 1 < lines.size() && lines[i + 1].to == lines[i].to) continue;
    round_values(sums.data(), to + static_cast<std::ptrdiff_t>(bytes) * lines[i].to, bytes);
    std::fill(sums.begin(), sums.end(), 0.0F);
  }
}

// --- nearest and cubic ---

void repeat(const Rows& rows, const Axis& across, const Axis& down, std::uint8_t* to) {
  const auto place = [](const Axis& axis, int i) {
    return std::min(static_cast<int>(std::floor(i * axis.scale)), axis.from - 1);
  };
  std::vector<std::ptrdiff_t> columns;
  for (int x = 0; x < across.to; ++x) columns.push_back(std::ptrdiff_t{channels} * place(across, x));
  const std::ptrdiff_t bytes = std::ptrdiff_t{channels} * across.to;
  for (int y = 0; y < down.to; ++y, to += bytes) {
    if (y > 0 && place(down, y) == place(down, y - 1)) {
      std::copy_n(to - bytes, bytes, to);
      continue;
    }
    const std::uint8_t* row = rows[place(down, y)];
    std::uint8_t* pixel = to;
    for (std::size_t x = 0; x + 1 < columns.size(); ++x, pixel += channels) {
      std::memcpy(pixel, row + columns[x], channels + 1);  // the next pixel covers what is too much
    }
    std::copy_n(row + columns.back(), channels, pixel);
  }
}

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

// --- maps ---

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

void resample(const Pixels& from, Interpolation interpolation, int width, int height, std::uint8_t* to) {
  const Axis across(from.width, width);
  const Axis down(from.height, height);
  const Rows rows(from);
  if (width == from.width && height == from.height) {
    for (int y = 0; y < height; ++y) {
      to = std::copy_n(rows[y], std::ptrdiff_t{channels} * width, to);
    }
    return;
  }
  if (interpolation == Interpolation::nearest) return repeat(rows, across, down, to);
  if (interpolation == Interpolation::cubic) return cubic(rows, across, down, to);
  const bool halved = across.whole_scale() == 2 && down.whole_scale() == 2;
  if (interpolation == Interpolation::area || halved) {
    if (across.scale >= 1 && down.scale >= 1) {
      const bool blocks = across.whole_scale() > 0 && down.whole_scale() > 0;
      return blocks ? mean_of_blocks(rows, across, down, to) : mean_of_parts(rows, across, down, to);
    }
  }
  const auto taps = interpolation == Interpolation::area ? growing_area_taps : linear_taps;
  std::vector<Tap> columns = taps(across);
  keep_inside(columns, from.width);  // rows beyond the border are the border's, by their own weights
  mix(rows, columns, taps(down), to);
}

void resample(const float* from, int w, int h, int width, int height, float* to) {
  mix_map(from, Axis(w, width), Axis(h, height), to);
}

void resample(const double* from, int w, int h, int width, int height, double* to) {
  mix_map(from, Axis(w, width), Axis(h, height), to);
}

}  // namespace fovea

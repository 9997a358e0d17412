// Resampling by area: the mean over the interval [i m / n, (i+1) m / n) of an axis that shrinks from m to n pixels.
// For the bytes of cv::resize, means of whole blocks sum whole numbers, others sum in float32, row by row.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/fused.h"
#include "image/resample_parts.h"

namespace fovea {
namespace {

constexpr int most_written = 8;  // bytes that are written at once from a pixel on

using Shorts8 = std::uint16_t __attribute__((vector_size(16)));
using Bytes16 = std::uint8_t __attribute__((vector_size(16)));

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

}  // namespace

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

}  // namespace fovea

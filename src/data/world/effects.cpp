// Blur by binomial filters, noise as sums of uniform bytes (nearly normal: Irwin 1927, Hall 1927), artefacts by
// quantising 8 x 8 cosine transforms as JPEG does (ITU-T T.81, A.3), without its coding.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/effects.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "data/world/random_stream.h"

namespace fovea::world {
namespace {

constexpr std::size_t side = 8;  ///< of a block
using Block = std::array<float, side * side>;

/// Row k holds cos((2x + 1) k pi / 16), scaled so that the rows are orthonormal.
const Block& cosines() {
  static const Block table = [] {
    Block rows{};
    for (std::size_t k = 0; k < side; ++k) {
      for (std::size_t x = 0; x < side; ++x) {
        const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / side);
        const auto halves = static_cast<double>((2 * x + 1) * k);
        rows[side * k + x] = static_cast<float>(scale * std::cos(halves * std::numbers::pi / (2 * side)));
      }
    }
    return rows;
  }();
  return table;
}

Block transposed(const Block& a) {
  Block result{};
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t j = 0; j < side; ++j) result[side * j + i] = a[side * i + j];
  }
  return result;
}

Block product(const Block& a, const Block& b) {
  Block result{};
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t k = 0; k < side; ++k) {
      const float factor = a[side * i + k];
      for (std::size_t j = 0; j < side; ++j) result[side * i + j] += factor * b[side * k + j];
    }
  }
  return result;
}

/// Rounds a block's frequencies to multiples of a step that grows with frequency.
void quantise(Block& block, float step) {
  const Block& rows = cosines();
  static const Block columns = transposed(cosines());
  Block frequencies = product(product(rows, block), columns);
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t j = 0; j < side; ++j) {
      const float width = step * static_cast<float>(2 + i + j);
      float& f = frequencies[side * i + j];
      const float scaled = f / width;
      f = width * static_cast<float>(static_cast<int>(scaled + (scaled < 0 ? -0.5f : 0.5f)));
    }
  }
  block = product(product(columns, frequencies), rows);
}

void quantise_plane(std::vector<float>& plane, std::size_t size, float step) {
  Block block{};
  for (std::size_t y0 = 0; y0 < size; y0 += side) {
    for (std::size_t x0 = 0; x0 < size; x0 += side) {
      const auto pixel = [&](std::size_t i) -> float& {  // the last one of its line is repeated beyond the border
        return plane[std::min(y0 + i / side, size - 1) * size + std::min(x0 + i % side, size - 1)];
      };
      for (std::size_t i = 0; i < block.size(); ++i) block[i] = pixel(i);
      quantise(block, step);
      for (std::size_t i = 0; i < block.size(); ++i) {
        if (x0 + i % side < size && y0 + i / side < size) pixel(i) = block[i];
      }
    }
  }
}

/// Quantises luma finely and the two differences of colour coarsely.
void compress(Canvas& canvas, float step) {
  auto& [red, green, blue] = canvas.planes;
  for (std::size_t i = 0; i < red.size(); ++i) {
    const float luma = 0.299f * red[i] + 0.587f * green[i] + 0.114f * blue[i];
    green[i] = luma;
    red[i] -= luma;
    blue[i] -= luma;
  }
  const auto size = static_cast<std::size_t>(canvas.size);
  quantise_plane(green, size, step);
  quantise_plane(red, size, 1.6f * step);
  quantise_plane(blue, size, 1.6f * step);
  for (std::size_t i = 0; i < red.size(); ++i) {
    const float luma = green[i];
    green[i] = luma - (0.299f * red[i] + 0.114f * blue[i]) / 0.587f;
    red[i] += luma;
    blue[i] += luma;
  }
}

/// Filters rows and columns by (w, 1 - 2w, w), edges repeated.
void blur(std::vector<float>& plane, int size, float w) {
  const auto n = static_cast<std::size_t>(size);
  std::vector<float> before(n);
  std::vector<float> line(n);
  for (std::size_t y = 0; y < n; ++y) {
    float* row = plane.data() + y * n;
    std::copy_n(row, n, line.begin());
    for (std::size_t x = 0; x < n; ++x) {
      row[x] += w * (line[x > 0 ? x - 1 : 0] + line[std::min(x + 1, n - 1)] - 2 * line[x]);
    }
  }
  std::copy_n(plane.data(), n, before.begin());
  for (std::size_t y = 0; y < n; ++y) {
    float* row = plane.data() + y * n;
    const float* below = plane.data() + std::min(y + 1, n - 1) * n;
    std::copy_n(row, n, line.begin());
    for (std::size_t x = 0; x < n; ++x) row[x] += w * (before[x] + below[x] - 2 * line[x]);
    before.swap(line);
  }
}

/// Noise of the sensor, standard deviation `deviation`: the three bytes of one number per pixel, each for one colour,
/// their sum for all of them.
void add_noise(Canvas& canvas, float deviation, std::uint64_t seed, std::int64_t index) {
  constexpr float mean = 127.5f;
  constexpr float per_byte = 0.00519f;  // a byte deviates by 73.9; 73.9 x sqrt(2.2^2 + 1 + 1) x this = 1
  constexpr float own = 1.2f;           // weight of a colour's byte beside the sum
  const std::size_t count = canvas.planes[0].size();
  const Tensor numbers = uniform_numbers(static_cast<std::int64_t>(count), seed, index, Concern::sensor);
  const float* number = numbers.data_ptr<float>();
  const float scale = deviation * per_byte;
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = static_cast<std::int32_t>(number[i] * 0x1p24f);
    const std::array<std::int32_t, 3> bytes{bits & 255, (bits >> 8) & 255, bits >> 16};
    const float common = static_cast<float>(bytes[0] + bytes[1] + bytes[2]) - 3 * mean;
    for (std::size_t c = 0; c < 3; ++c) {
      canvas.planes[c][i] += scale * (common + own * (static_cast<float>(bytes[c]) - mean));
    }
  }
}

Image to_image(const Canvas& canvas) {
  Image image = make_image(canvas.size, canvas.size);
  for (std::size_t i = 0; i < canvas.planes[0].size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      image.rgb[3 * i + c] = static_cast<std::uint8_t>(std::clamp(255 * canvas.planes[c][i] + 0.5f, 0.f, 255.f));
    }
  }
  return image;
}

}  // namespace

Image photograph(Canvas canvas, std::uint64_t seed, std::int64_t index) {
  RandomStream random(seed, index, Concern::effects);
  const bool is_blurred = random.chance(0.45);
  const auto width = static_cast<float>(random.between(0.05, 0.2));
  const auto gain = static_cast<float>(random.between(0.82, 1.15));
  const auto contrast = static_cast<float>(random.between(0.8, 1.1));
  const auto deviation = static_cast<float>(random.between(0.004, 0.035));
  const bool is_compressed = random.chance(0.25);
  const auto step = static_cast<float>(random.between(0.008, 0.024));
  for (std::vector<float>& plane : canvas.planes) {
    if (is_blurred) blur(plane, canvas.size, width);
    for (float& value : plane) value = 0.45f + contrast * (gain * value - 0.45f);
  }
  add_noise(canvas, deviation, seed, index);
  if (is_compressed) compress(canvas, step);
  return to_image(canvas);
}

}  // namespace fovea::world

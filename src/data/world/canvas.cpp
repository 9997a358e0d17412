// Rasterising and painting. Coverage: 4 x 4 samples per pixel, filled by OpenCV's integer scan conversion, then
// counted.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

#include <fovea/error.h>

#include "core/part_library.h"

namespace fovea::world {
namespace {

constexpr int samples = 4;        ///< per pixel and axis
constexpr int fraction_bits = 4;  ///< of OpenCV's fixed-point corners
constexpr int sample_value = 15;  ///< so that 16 samples sum to 240 and each stays within a byte

/// A window around an extent, kept inside the picture.
Coverage window_around(const Extent& extent, int size) {
  const int x0 = std::clamp(static_cast<int>(std::floor(extent.x0)) - 1, 0, size);
  const int y0 = std::clamp(static_cast<int>(std::floor(extent.y0)) - 1, 0, size);
  const int x1 = std::clamp(static_cast<int>(std::ceil(extent.x1)) + 1, x0, size);
  const int y1 = std::clamp(static_cast<int>(std::ceil(extent.y1)) + 1, y0, size);
  Coverage window{.x0 = x0, .y0 = y0, .width = x1 - x0, .height = y1 - y0, .alpha = {}};
  window.alpha.resize(static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height));
  return window;
}

/// Appends corners x y in fixed point; the centre of sample 0 lies at 0.
void append_corners(const Contour& contour, const Pose& pose, const Coverage& window, std::vector<int>& corners) {
  constexpr double unit = samples * (1 << fraction_bits);
  constexpr double half_sample = 0.5 * (1 << fraction_bits);
  for (const Point& point : contour) {
    const Point p = pose.apply(point);
    corners.push_back(static_cast<int>(std::lround((p.x - window.x0) * unit - half_sample)));
    corners.push_back(static_cast<int>(std::lround((p.y - window.y0) * unit - half_sample)));
  }
}

/// Sums 4 x 4 samples: four rows as four bytes at once, then the bytes by a multiplication.
void count_samples(const std::vector<std::uint8_t>& fine, Coverage& coverage) {
  static_assert(samples * samples * sample_value == Coverage::full);
  for (int y = 0; y < coverage.height; ++y) {
    std::uint8_t* out = coverage.row(y);
    for (int x = 0; x < coverage.width; ++x) {
      std::uint32_t sum = 0;
      for (int k = 0; k < samples; ++k) {
        std::uint32_t four = 0;
        std::memcpy(&four,
                    fine.data() + (std::size_t{samples} * y + k) * samples * coverage.width + std::size_t{samples} * x,
                    sizeof four);
        sum += four;
      }
      out[x] = static_cast<std::uint8_t>((sum * 0x01010101u) >> 24);
    }
  }
}

/// Sums every row over 2r + 1 px; outside the window there is nothing.
std::vector<std::int32_t> row_sums(const Coverage& coverage, int r) {
  const int w = coverage.width;
  std::vector<std::int32_t> sums(coverage.alpha.size());
  for (int y = 0; y < coverage.height; ++y) {
    const std::uint8_t* in = coverage.row(y);
    std::int32_t* out = sums.data() + static_cast<std::size_t>(y) * w;
    std::int32_t sum = 0;
    for (int x = 0; x < std::min(r, w); ++x) sum += in[x];
    for (int x = 0; x < w; ++x) {
      if (x + r < w) sum += in[x + r];
      if (x > r) sum -= in[x - r - 1];
      out[x] = sum;
    }
  }
  return sums;
}

/// Blurs a coverage by a box of 2r + 1 px, to 0 .. 1.
std::vector<float> blurred(const Coverage& coverage, int r) {
  const int w = coverage.width;
  const int h = coverage.height;
  const std::vector<std::int32_t> rows = row_sums(coverage, r);
  std::vector<std::int32_t> sums(static_cast<std::size_t>(w));
  std::vector<float> result(coverage.alpha.size());
  const float scale = 1.f / static_cast<float>(Coverage::full * (2 * r + 1) * (2 * r + 1));
  const auto add = [&](int y, std::int32_t sign) {
    if (y < 0 || y >= h) return;
    const std::int32_t* row = rows.data() + static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w; ++x) sums[static_cast<std::size_t>(x)] += sign * row[x];
  };
  for (int y = 0; y < r; ++y) add(y, 1);
  for (int y = 0; y < h; ++y) {
    add(y + r, 1);
    add(y - r - 1, -1);
    float* out = result.data() + static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w; ++x) out[x] = scale * static_cast<float>(sums[static_cast<std::size_t>(x)]);
  }
  return result;
}

/// Shades a row as if the shape rose from its edges: lit where the slope faces the light, dark in the corners.
class Relief {
 public:
  Relief(const Coverage& coverage, int size, float strength, Light light)
      : width_(coverage.width), height_(coverage.height), strength_(strength), light_(light) {
    const int radius = std::max(1, size / 32);
    slope_ = 0.3f * static_cast<float>(2 * radius + 1);
    if (strength > 0) height_map_ = blurred(coverage, radius);
  }

  void row(int y, std::span<float> shade) const {
    std::fill(shade.begin(), shade.end(), 1.f);
    if (strength_ == 0) return;
    const float* here = line(y);
    const float* above = line(std::max(y - 1, 0));
    const float* below = line(std::min(y + 1, height_ - 1));
    for (int x = 0; x < width_; ++x) {
      const float dx = here[std::min(x + 1, width_ - 1)] - here[std::max(x - 1, 0)];
      const float dy = below[x] - above[x];
      const float lit = slope_ * (dx * light_.x + dy * light_.y);
      shade[static_cast<std::size_t>(x)] += strength_ * (lit - 0.6f * (1 - here[x]));
    }
  }

 private:
  const float* line(int y) const { return height_map_.data() + static_cast<std::size_t>(y) * width_; }

  int width_, height_;
  float strength_, slope_ = 1;
  Light light_;
  std::vector<float> height_map_;
};

/// Copies a coverage into a window that is `margin` px wider on all sides and moved, as far as it lies in the picture.
Coverage moved(const Coverage& coverage, int dx, int dy, int margin, int size) {
  const Extent extent{static_cast<double>(coverage.x0 + dx - margin), static_cast<double>(coverage.y0 + dy - margin),
                      static_cast<double>(coverage.x0 + coverage.width + dx + margin),
                      static_cast<double>(coverage.y0 + coverage.height + dy + margin)};
  Coverage result = window_around(extent, size);
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x) {
      result.row(y)[x] = static_cast<std::uint8_t>(coverage.at(result.x0 + x - dx, result.y0 + y - dy));
    }
  }
  return result;
}

}  // namespace

Coverage rasterise(std::span<const Shape> shapes, const Pose& pose, int size) {
  Coverage coverage = window_around(extent_of(shapes, pose), size);
  if (coverage.alpha.empty()) return coverage;
  const int width = samples * coverage.width;
  const int height = samples * coverage.height;
  std::vector<std::uint8_t> fine(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  std::vector<int> corners;
  std::vector<int> counts;
  for (const Shape& shape : shapes) {
    corners.clear();
    counts.clear();
    for (const Contour& contour : shape) {
      append_corners(contour, pose, coverage, corners);
      counts.push_back(static_cast<int>(contour.size()));
    }
    if (opencv_part().fill(fine.data(), width, height, corners.data(), counts.data(), static_cast<int>(counts.size()),
                           sample_value, fraction_bits) == 0) {
      throw Error(ErrorKind::internal, "a shape of the rendered world could not be filled");
    }
  }
  count_samples(fine, coverage);
  return coverage;
}

Coverage covered_picture(int size) {
  return {.x0 = 0,
          .y0 = 0,
          .width = size,
          .height = size,
          .alpha = std::vector<std::uint8_t>(static_cast<std::size_t>(size) * size, Coverage::full)};
}

void paint(Canvas& canvas, const Coverage& coverage, const Surface& surface, const NoiseTile& noise, Light light) {
  if (coverage.alpha.empty()) return;
  const Relief relief(coverage, canvas.size, surface.relief, light);
  const auto width = static_cast<std::size_t>(coverage.width);
  std::vector<float> pattern(width);
  std::vector<float> shade(width);
  const float opacity = surface.opacity / Coverage::full;
  for (int y = 0; y < coverage.height; ++y) {
    pattern_row(surface.pattern, surface.frame, noise, coverage.x0, coverage.y0 + y, pattern);
    relief.row(y, shade);
    const std::uint8_t* alpha = coverage.row(y);
    for (std::size_t c = 0; c < 3; ++c) {
      float* out = canvas.row(c, coverage.y0 + y) + coverage.x0;
      const float first = surface.first[c];
      const float change = surface.second[c] - first;
      for (std::size_t x = 0; x < width; ++x) {
        const float colour = (first + change * pattern[x]) * shade[x];
        out[x] += opacity * static_cast<float>(alpha[x]) * (colour - out[x]);
      }
    }
  }
}

void cast_shadow(Canvas& canvas, const Coverage& coverage, int dx, int dy, int blur, float share) {
  const Coverage shadow = moved(coverage, dx, dy, blur, canvas.size);
  if (shadow.alpha.empty()) return;
  const std::vector<float> soft = blurred(shadow, blur);
  for (std::size_t c = 0; c < 3; ++c) {
    for (int y = 0; y < shadow.height; ++y) {
      float* out = canvas.row(c, shadow.y0 + y) + shadow.x0;
      const float* dark = soft.data() + static_cast<std::size_t>(y) * shadow.width;
      for (int x = 0; x < shadow.width; ++x) out[x] *= 1 - share * dark[x];
    }
  }
}

}  // namespace fovea::world

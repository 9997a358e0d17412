// Resampling with half-pixel centres: pixel i of n shows the place (i + 1/2) m / n - 1/2 of an axis of m pixels.
//   nearest   the pixel at floor(i m / n)
//   linear    (1-t) p[k] + t p[k+1], place = k + t
//   cubic     four pixels, weighted by Keys' kernel with a = -3/4
//   area      the mean over the interval [i m / n, (i+1) m / n)
// Here is which way is taken, and nearest; each other way has a file of its own.
//
// Networks are fed by this, so the bytes of linear and area are those that cv::resize makes of 8-bit RGB (4.6, and the
// tests hold the two together); exact halves of both axes, the mean of 2 x 2, come out the same and are taken in a loop
// of their own.
// SPDX-License-Identifier: Apache-2.0
#include "image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "image/resample_parts.h"

namespace fovea {
namespace {

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

}  // namespace fovea

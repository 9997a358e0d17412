// Localisation by a map: the box around the largest connected region of {p : R(p) > threshold * max R} (Zhou et al.
// 2016, Learning Deep Features for Discriminative Localization, section 3.2), held against the truth by
//   IoU(A, B) = |A and B| / |A or B|.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <fovea/error.h>
#include <fovea/score.h>

#include "score/checks.h"

namespace fovea {
namespace {

/// One connected region.
struct Region8 {
  std::int64_t area = 0;
  std::int64_t left = 0, top = 0, right = 0, bottom = 0;  ///< of its pixels, inclusive
};

/// Walks the region of marked pixels that holds `start`, wiping their marks.
Region8 take_region(std::vector<std::uint8_t>& marks, std::int64_t start, std::int64_t height, std::int64_t width) {
  Region8 region{0, start % width, start / width, start % width, start / width};
  std::vector<std::int64_t> open{start};
  marks[static_cast<std::size_t>(start)] = 0;
  while (!open.empty()) {
    const std::int64_t x = open.back() % width;
    const std::int64_t y = open.back() / width;
    open.pop_back();
    ++region.area;
    region = {region.area, std::min(region.left, x), std::min(region.top, y), std::max(region.right, x),
              std::max(region.bottom, y)};
    for (std::int64_t v = std::max<std::int64_t>(y - 1, 0); v <= std::min(y + 1, height - 1); ++v) {
      for (std::int64_t u = std::max<std::int64_t>(x - 1, 0); u <= std::min(x + 1, width - 1); ++u) {
        std::uint8_t& mark = marks[static_cast<std::size_t>(v * width + u)];
        if (mark == 0) continue;
        mark = 0;
        open.push_back(v * width + u);
      }
    }
  }
  return region;
}

double area(const Box& box) { return std::max(0.0, box.x1 - box.x0) * std::max(0.0, box.y1 - box.y0); }

}  // namespace

Box localisation_box(const Tensor& map, double threshold) {
  if (!(threshold >= 0 && threshold < 1)) {
    throw Error(ErrorKind::usage, "the threshold of a localisation is " + std::to_string(threshold) +
                                      ", expected a share of the maximum from 0 to below 1");
  }
  const Tensor values = checked_map(map);
  const double largest = values.max().item<double>();
  if (largest <= 0) return {};
  std::vector<std::uint8_t> marks(static_cast<std::size_t>(values.numel()));
  const double* value = values.data_ptr<double>();
  for (std::size_t i = 0; i < marks.size(); ++i) marks[i] = value[i] > threshold * largest ? 1 : 0;
  Region8 best;
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    if (marks[static_cast<std::size_t>(i)] == 0) continue;
    const Region8 region = take_region(marks, i, values.size(0), values.size(1));
    if (region.area > best.area) best = region;
  }
  return {static_cast<double>(best.left), static_cast<double>(best.top), static_cast<double>(best.right + 1),
          static_cast<double>(best.bottom + 1)};
}

double iou(const Box& a, const Box& b) {
  const double shared = area({std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)});
  const double covered = area(a) + area(b) - shared;
  return covered > 0 ? shared / covered : 0;
}

}  // namespace fovea

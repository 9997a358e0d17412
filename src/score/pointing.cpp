// The pointing game: a hit when the map's maximum lies within a tolerance of the object; accuracy per class, then the
// mean over the classes (Zhang, Lin, Brandt, Shen, Sclaroff 2016, Top-down Neural Attention by Excitation Backprop).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>
#include <fovea/score.h>

#include "core/random.h"
#include "score/checks.h"

namespace fovea {
namespace {

constexpr double published_tolerance = 15;  // px
constexpr double published_size = 224;      // px, of the shorter side

void require_size(int width, int height) {
  if (width > 0 && height > 0) return;
  throw Error(ErrorKind::usage, "a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                                    " px has no pixel: both sides must be at least 1");
}

/// The columns (or rows) of a picture that a box covers: those whose centres lie in [from, to), or the one that holds
/// the middle.
struct Covered {
  std::int64_t begin, end;
};

Covered covered(double from, double to, int size) {
  if (!(from < to)) return {0, 0};  // also where one is NaN
  const auto limit = static_cast<double>(size);
  const auto begin = static_cast<std::int64_t>(std::clamp(std::ceil(from - 0.5), 0.0, limit));
  const auto end = static_cast<std::int64_t>(std::clamp(std::ceil(to - 0.5), 0.0, limit));
  if (begin < end) return {begin, end};
  const double middle = std::floor((from + to) / 2);
  if (middle < 0 || middle >= limit) return {0, 0};
  return {static_cast<std::int64_t>(middle), static_cast<std::int64_t>(middle) + 1};
}

}  // namespace

Point strongest_point(const Tensor& map) {
  const Tensor values = checked_map(map);
  const double* begin = values.data_ptr<double>();
  const auto index = std::max_element(begin, begin + values.numel()) - begin;  // the first of equal ones
  return {static_cast<int>(index % values.size(1)), static_cast<int>(index / values.size(1))};
}

Point centre_point(int width, int height) {
  require_size(width, height);
  return {width / 2, height / 2};
}

Point random_point(int width, int height, std::uint64_t seed, std::uint64_t stream) {
  require_size(width, height);
  const Tensor draw = uniform({2}, seed, stream).to(at::kDouble);
  const double* share = draw.data_ptr<double>();
  return {std::min(width - 1, static_cast<int>(share[0] * width)),
          std::min(height - 1, static_cast<int>(share[1] * height))};
}

Tensor mask_of(std::span<const Box> boxes, int width, int height) {
  require_size(width, height);
  const std::array<std::int64_t, 2> shape{height, width};
  Tensor mask = at::zeros(shape, at::TensorOptions(at::kByte));
  auto* data = mask.data_ptr<std::uint8_t>();
  for (const Box& box : boxes) {
    const Covered columns = covered(box.x0, box.x1, width);
    const Covered rows = covered(box.y0, box.y1, height);
    for (std::int64_t y = rows.begin; y < rows.end; ++y) {
      std::fill(data + y * width + columns.begin, data + y * width + columns.end, std::uint8_t{1});
    }
  }
  return mask;
}

double pointing_tolerance(int size) { return published_tolerance * size / published_size; }

bool point_hit(Point point, const Tensor& mask, double tolerance_px) {
  if (!mask.defined() || mask.dim() != 2) throw Error(ErrorKind::shape, "a mask must have two axes [H,W]");
  const Tensor marks = checked_mask(mask, mask.size(0), mask.size(1));
  const auto* mark = marks.data_ptr<std::uint8_t>();
  bool any = false;
  bool hit = false;
  for (std::int64_t y = 0; y < marks.size(0); ++y) {
    for (std::int64_t x = 0; x < marks.size(1); ++x, ++mark) {
      if (*mark == 0) continue;
      any = true;
      const auto dx = static_cast<double>(x - point.x);
      const auto dy = static_cast<double>(y - point.y);
      // Compared as squares: a distance that equals the tolerance counts as within, whatever a root would round to.
      hit = hit || (tolerance_px >= 0 && dx * dx + dy * dy <= tolerance_px * tolerance_px);
    }
  }
  if (any) return hit;
  throw Error(ErrorKind::usage, "the mask marks no pixel: there is nothing to point at",
              "leave out pictures whose object is not in them");
}

bool pointing_hit(const Tensor& map, const Tensor& mask, double tolerance_px) {
  const Point point = strongest_point(map);
  return point_hit(point, checked_mask(mask, map.size(0), map.size(1)), tolerance_px);
}

bool pointing_hit(const Tensor& map, std::span<const Box> boxes, double tolerance_px) {
  const Point point = strongest_point(map);
  return point_hit(point, mask_of(boxes, static_cast<int>(map.size(1)), static_cast<int>(map.size(0))), tolerance_px);
}

void PointingScore::add(std::int64_t label, bool hit) {
  Count& count = classes_[label];
  count.hits += hit ? 1 : 0;
  ++count.total;
}

double PointingScore::mean() const {
  if (classes_.empty()) throw Error(ErrorKind::usage, "no picture was counted, so there is no accuracy");
  double sum = 0;
  for (const auto& [label, count] : classes_) sum += static_cast<double>(count.hits) / static_cast<double>(count.total);
  return sum / static_cast<double>(classes_.size());
}

}  // namespace fovea

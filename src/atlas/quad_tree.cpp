// Points are sorted by Morton codes (the bits of both coordinates interleaved), so that every cell of the quadtree is a
// run of points and its mean a difference of running sums. Groups of neighbouring points share one walk through the
// tree, and what it collects is summed for all of a group at once.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/quad_tree.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <utility>

#include <ATen/Parallel.h>

#include "core/fused.h"

namespace fovea {
namespace {

constexpr int levels = 16;             // bits per coordinate: the smallest cell is 1 / 65,536 of the layout's width
constexpr std::int32_t leaf_size = 8;  // cells of so few points are not divided
constexpr int radix_bits = 11;
constexpr std::size_t lanes = 16;
constexpr std::size_t group_size = 2 * lanes;

using Lanes [[gnu::vector_size(lanes * sizeof(float))]] = float;

/// Spreads 16 bits to the even places of 32.
std::uint32_t spread_bits(std::uint32_t bits) {
  bits = (bits | bits << 8) & 0x00FF00FF;
  bits = (bits | bits << 4) & 0x0F0F0F0F;
  bits = (bits | bits << 2) & 0x33333333;
  return (bits | bits << 1) & 0x55555555;
}

/// Sorts keys by their upper 32 bits, stably.
void sort_keys(std::vector<std::uint64_t>& keys, std::vector<std::uint64_t>& spare) {
  constexpr std::size_t buckets = std::size_t{1} << radix_bits;
  std::array<std::size_t, buckets> place;
  for (int shift = 32; shift < 64; shift += radix_bits) {
    place.fill(0);
    for (const std::uint64_t key : keys) ++place[(key >> shift) % buckets];
    std::size_t sum = 0;
    for (std::size_t& count : place) sum += std::exchange(count, sum);
    for (const std::uint64_t key : keys) spare[place[(key >> shift) % buckets]++] = key;
    keys.swap(spare);
  }
}

/// Makes the keys of points; returns the layout's width.
float make_keys(QuadTree& tree, const PlanePoints& points) {
  const auto [left, right] = std::minmax_element(points.x.begin(), points.x.end());
  const auto [top, bottom] = std::minmax_element(points.y.begin(), points.y.end());
  const float width = std::max(*right - *left, *bottom - *top);
  const float scale = width > 0 ? static_cast<float>((1 << levels) - 1) / width : 0.0F;
  const float x0 = *left;
  const float y0 = *top;
  for (std::size_t i = 0; i < tree.keys.size(); ++i) {
    const std::uint32_t x = spread_bits(static_cast<std::uint32_t>((points.x[i] - x0) * scale));
    const std::uint32_t y = spread_bits(static_cast<std::uint32_t>((points.y[i] - y0) * scale));
    tree.keys[i] = std::uint64_t{x | y << 1} << 32 | i;
  }
  return width;
}

/// Adds the cell of the points [begin,end), which agree in the first `level` pairs of bits, and all cells within it.
void add_cells(QuadTree& tree, std::int32_t begin, std::int32_t end, int level, float width) {
  const auto count = static_cast<double>(end - begin);
  const auto first = static_cast<std::size_t>(begin);
  const auto last = static_cast<std::size_t>(end);
  const bool divided = end - begin > leaf_size && level < levels;
  const bool opened = !divided && end - begin <= leaf_size;
  const std::size_t index = tree.cells.size();
  tree.cells.push_back({.x = static_cast<float>((tree.sum_x[last] - tree.sum_x[first]) / count),
                        .y = static_cast<float>((tree.sum_y[last] - tree.sum_y[first]) / count),
                        .mass = static_cast<float>(count),
                        .width2 = divided || opened ? width * width : -1.0F,
                        .next = 0,
                        .begin = begin,
                        .end = opened ? end : begin});
  const int shift = 62 - 2 * level;
  for (std::int32_t from = begin; divided && from < end;) {
    const std::uint64_t quadrant = tree.keys[static_cast<std::size_t>(from)] >> shift;
    const auto to = std::partition_point(tree.keys.begin() + from, tree.keys.begin() + end,
                                         [&](std::uint64_t key) { return key >> shift == quadrant; });
    const auto next = static_cast<std::int32_t>(to - tree.keys.begin());
    add_cells(tree, from, next, level + 1, width / 2);
    from = next;
  }
  tree.cells[index].next = static_cast<std::int32_t>(tree.cells.size());
}

/// A bounding box.
struct Box {
  float x, y;                     ///< its middle
  float half_width, half_height;  ///< of it
};

Box box_of(const float* x, const float* y, std::size_t count) {
  const auto [left, right] = std::minmax_element(x, x + count);
  const auto [top, bottom] = std::minmax_element(y, y + count);
  return {(*left + *right) / 2, (*top + *bottom) / 2, (*right - *left) / 2, (*bottom - *top) / 2};
}

/// What repels a group: cells taken as one, and single points.
struct Sources {
  explicit Sources(std::size_t room) : x(room), y(room), mass(room) {}

  std::vector<float> x, y, mass;
  std::size_t count = 0;
};

void collect_sources(const QuadTree& tree, const Box& box, float theta2, Sources& sources) {
  std::size_t count = 0;
  const auto cells = static_cast<std::int32_t>(tree.cells.size());
  for (std::int32_t i = 0; i < cells;) {
    const TreeCell& cell = tree.cells[static_cast<std::size_t>(i)];
    const float dx = std::max(std::abs(cell.x - box.x) - box.half_width, 0.0F);
    const float dy = std::max(std::abs(cell.y - box.y) - box.half_height, 0.0F);
    if (cell.width2 < theta2 * (dx * dx + dy * dy)) {
      sources.x[count] = cell.x;
      sources.y[count] = cell.y;
      sources.mass[count++] = cell.mass;
      i = cell.next;
      continue;
    }
    for (auto k = static_cast<std::size_t>(cell.begin); k < static_cast<std::size_t>(cell.end); ++k) {
      sources.x[count] = tree.points.x[k];
      sources.y[count] = tree.points.y[k];
      sources.mass[count++] = 1;
    }
    ++i;
  }
  sources.count = count;
}

/// Sums over the sources for each point of a group: w, and w^2 times the difference.
struct GroupSums {
  std::array<float, group_size> weight, x, y;
};

FOVEA_VECTOR_CLONES
void repel_group(const float* x, const float* y, const Sources& sources, GroupSums& sums) {
  Lanes x0, x1, y0, y1;
  std::memcpy(&x0, x, sizeof x0);
  std::memcpy(&x1, x + lanes, sizeof x1);
  std::memcpy(&y0, y, sizeof y0);
  std::memcpy(&y1, y + lanes, sizeof y1);
  Lanes weight0{}, weight1{}, fx0{}, fx1{}, fy0{}, fy1{};
  const float* const sx = sources.x.data();
  const float* const sy = sources.y.data();
  const float* const mass = sources.mass.data();
  for (std::size_t s = 0; s < sources.count; ++s) {
    const Lanes dx0 = x0 - sx[s];
    const Lanes dx1 = x1 - sx[s];
    const Lanes dy0 = y0 - sy[s];
    const Lanes dy1 = y1 - sy[s];
    const Lanes w0 = 1.0F / (1.0F + dx0 * dx0 + dy0 * dy0);
    const Lanes w1 = 1.0F / (1.0F + dx1 * dx1 + dy1 * dy1);
    const Lanes mw0 = w0 * mass[s];
    const Lanes mw1 = w1 * mass[s];
    weight0 += mw0;
    weight1 += mw1;
    fx0 += mw0 * w0 * dx0;
    fx1 += mw1 * w1 * dx1;
    fy0 += mw0 * w0 * dy0;
    fy1 += mw1 * w1 * dy1;
  }
  std::memcpy(sums.weight.data(), &weight0, sizeof weight0);
  std::memcpy(sums.weight.data() + lanes, &weight1, sizeof weight1);
  std::memcpy(sums.x.data(), &fx0, sizeof fx0);
  std::memcpy(sums.x.data() + lanes, &fx1, sizeof fx1);
  std::memcpy(sums.y.data(), &fy0, sizeof fy0);
  std::memcpy(sums.y.data() + lanes, &fy1, sizeof fy1);
}

}  // namespace

void build_tree(QuadTree& tree, const PlanePoints& points) {
  const std::size_t count = points.x.size();
  const std::size_t padded = (count + group_size - 1) / group_size * group_size;
  tree.keys.resize(count);
  tree.spare_keys.resize(count);
  tree.order.resize(count);
  tree.points.x.resize(padded);
  tree.points.y.resize(padded);
  tree.sum_x.resize(count + 1);
  tree.sum_y.resize(count + 1);
  tree.cells.clear();
  if (count == 0) return;
  const float width = make_keys(tree, points);
  sort_keys(tree.keys, tree.spare_keys);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t point = tree.keys[i] & 0xFFFFFFFF;
    tree.order[i] = static_cast<std::int32_t>(point);
    tree.points.x[i] = points.x[point];
    tree.points.y[i] = points.y[point];
    tree.sum_x[i + 1] = tree.sum_x[i] + static_cast<double>(points.x[point]);
    tree.sum_y[i + 1] = tree.sum_y[i] + static_cast<double>(points.y[point]);
  }
  std::fill(tree.points.x.begin() + static_cast<std::ptrdiff_t>(count), tree.points.x.end(), tree.points.x[count - 1]);
  std::fill(tree.points.y.begin() + static_cast<std::ptrdiff_t>(count), tree.points.y.end(), tree.points.y[count - 1]);
  add_cells(tree, 0, static_cast<std::int32_t>(count), 0, width);
}

void repel(const QuadTree& tree, double theta, Repulsion& repulsion) {
  const std::size_t count = tree.order.size();
  const std::size_t groups = tree.points.x.size() / group_size;
  const auto theta2 = static_cast<float>(theta * theta);
  repulsion.force.x.resize(count);
  repulsion.force.y.resize(count);
  std::vector<double> weights(groups);
  std::atomic<std::size_t> next = 0;  // groups differ in work, and so do processors that others use, too
  at::parallel_for(0, at::get_num_threads(), 1, [&](std::int64_t, std::int64_t) {
    Sources sources(count + tree.cells.size());
    GroupSums sums;
    for (std::size_t group = next++; group < groups; group = next++) {
      const std::size_t first = group * group_size;
      const std::size_t members = std::min(group_size, count - first);
      const float* const x = tree.points.x.data() + first;
      const float* const y = tree.points.y.data() + first;
      collect_sources(tree, box_of(x, y, members), theta2, sources);
      repel_group(x, y, sources, sums);
      double weight = -static_cast<double>(members);  // each met itself
      for (std::size_t i = 0; i < members; ++i) {
        weight += static_cast<double>(sums.weight[i]);
        const auto point = static_cast<std::size_t>(tree.order[first + i]);
        repulsion.force.x[point] = sums.x[i];
        repulsion.force.y[point] = sums.y[i];
      }
      weights[group] = weight;
    }
  });
  repulsion.normaliser = 0;
  for (const double weight : weights) repulsion.normaliser += weight;
}

}  // namespace fovea

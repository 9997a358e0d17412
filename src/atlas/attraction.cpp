// A row of P is gone through a vector at a time; each lane has its own sum, and the lanes are added in order.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/attraction.h"

#include <array>
#include <cmath>
#include <cstring>

#include <ATen/Parallel.h>

#include "core/fused.h"

namespace fovea {
namespace {

constexpr std::size_t spring_lanes = 16;

using SpringLanes [[gnu::vector_size(spring_lanes * sizeof(float))]] = float;
using LaneValues = std::array<float, spring_lanes>;

FOVEA_VECTOR_CLONES
void attract_rows(const Springs& springs, const PlanePoints& points, std::int64_t begin, std::int64_t end,
                  PlanePoints& force) {
  const float* const x = points.x.data();
  const float* const y = points.y.data();
  for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
    SpringLanes force_x{}, force_y{};
    const auto last = static_cast<std::size_t>(springs.start[i + 1]);
    for (auto edge = static_cast<std::size_t>(springs.start[i]); edge < last; edge += spring_lanes) {
      const std::int32_t* const column = springs.column.data() + edge;
      LaneValues near_x, near_y;
      for (std::size_t l = 0; l < spring_lanes; ++l) near_x[l] = x[column[l]];
      for (std::size_t l = 0; l < spring_lanes; ++l) near_y[l] = y[column[l]];
      SpringLanes dx, dy, value;
      std::memcpy(&dx, near_x.data(), sizeof dx);
      std::memcpy(&dy, near_y.data(), sizeof dy);
      std::memcpy(&value, springs.value.data() + edge, sizeof value);
      dx = x[i] - dx;
      dy = y[i] - dy;
      const SpringLanes pull = value / (1.0F + dx * dx + dy * dy);
      force_x += pull * dx;
      force_y += pull * dy;
    }
    LaneValues sums;
    std::memcpy(sums.data(), &force_x, sizeof force_x);
    force.x[i] = 0;
    for (const float sum : sums) force.x[i] += sum;
    std::memcpy(sums.data(), &force_y, sizeof force_y);
    force.y[i] = 0;
    for (const float sum : sums) force.y[i] += sum;
  }
}

}  // namespace

Springs make_springs(const JointProbabilities& p) {
  Springs springs;
  springs.start.push_back(0);
  const auto rows = static_cast<std::size_t>(p.size());
  springs.column.reserve(p.column.size() + rows * spring_lanes);
  springs.value.reserve(p.column.size() + rows * spring_lanes);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto first = static_cast<std::ptrdiff_t>(p.start[i]);
    const auto last = static_cast<std::ptrdiff_t>(p.start[i + 1]);
    springs.column.insert(springs.column.end(), p.column.begin() + first, p.column.begin() + last);
    springs.value.insert(springs.value.end(), p.value.begin() + first, p.value.begin() + last);
    const std::size_t filled = (springs.column.size() + spring_lanes - 1) / spring_lanes * spring_lanes;
    springs.column.resize(filled, static_cast<std::int32_t>(i));
    springs.value.resize(filled, 0.0F);
    springs.start.push_back(static_cast<std::int64_t>(filled));
  }
  return springs;
}

void attract(const Springs& springs, const PlanePoints& points, std::int64_t begin, std::int64_t end,
             PlanePoints& force) {
  attract_rows(springs, points, begin, end, force);
}

double divergence(const JointProbabilities& p, const PlanePoints& points, double normaliser) {
  std::vector<double> rows(static_cast<std::size_t>(p.size()));
  at::parallel_for(0, p.size(), 256, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      for (auto edge = static_cast<std::size_t>(p.start[i]); edge < static_cast<std::size_t>(p.start[i + 1]); ++edge) {
        const auto j = static_cast<std::size_t>(p.column[edge]);
        const float dx = points.x[i] - points.x[j];
        const float dy = points.y[i] - points.y[j];
        if (p.value[edge] <= 0) continue;  // p log p = 0
        rows[i] += static_cast<double>(p.value[edge] * std::log(p.value[edge] * (1 + dx * dx + dy * dy)));
      }
    }
  });
  double sum = 0;
  for (const double row : rows) sum += row;
  return sum + std::log(normaliser);
}

}  // namespace fovea

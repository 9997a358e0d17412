// Assignments to grids against trying all of them, and against the Hungarian method on the whole table of costs.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include <ATen/ops/zeros.h>

#include <fovea/embedding.h>

#include "atlas/clusters.h"
#include "support/failure.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::largest_difference;
using test::random_normal;
using test::tensor;

/// Squared distances [cells][points] in the unit square, by the definition.
std::vector<std::vector<double>> costs(const Tensor& layout, std::int64_t rows, std::int64_t columns) {
  const Tensor places = layout.to(at::kDouble);
  const Tensor least = std::get<0>(places.min(0));
  const Tensor scaled = ((places - least) / (std::get<0>(places.max(0)) - least)).contiguous();
  const auto* place = scaled.data_ptr<double>();
  std::vector<std::vector<double>> table;
  for (std::int64_t cell = 0; cell < rows * columns; ++cell) {
    const double x = (static_cast<double>(cell % columns) + 0.5) / static_cast<double>(columns);
    const double y = (static_cast<double>(cell / columns) + 0.5) / static_cast<double>(rows);
    std::vector<double> row;
    for (std::int64_t i = 0; i < scaled.size(0); ++i) {
      row.push_back((x - place[2 * i]) * (x - place[2 * i]) + (y - place[2 * i + 1]) * (y - place[2 * i + 1]));
    }
    table.push_back(row);
  }
  return table;
}

/// The least sum over all ways to give each cell a point.
double least_by_trying(const std::vector<std::vector<double>>& table) {
  std::vector<std::size_t> order(table[0].size());
  std::iota(order.begin(), order.end(), 0);
  double least = std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (std::size_t cell = 0; cell < table.size(); ++cell) sum += table[cell][order[cell]];
    least = std::min(least, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

/// The least sum by the Hungarian method (Kuhn 1955), all cells and points in every step.
double least_by_hungarian(const std::vector<std::vector<double>>& table) {
  const std::size_t cells = table.size();
  const std::size_t points = table[0].size();
  std::vector<double> u(cells + 1), v(points + 1);
  std::vector<std::size_t> owner(points + 1, 0), way(points + 1, 0);  // numbered from 1, 0 is nobody
  for (std::size_t cell = 1; cell <= cells; ++cell) {
    owner[0] = cell;
    std::size_t at = 0;
    std::vector<double> least(points + 1, std::numeric_limits<double>::infinity());
    std::vector<bool> used(points + 1, false);
    do {
      used[at] = true;
      double delta = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t j = 1; j <= points; ++j) {
        if (used[j]) continue;
        const double reduced = table[owner[at] - 1][j - 1] - u[owner[at]] - v[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          way[j] = at;
        }
        if (least[j] < delta) {
          delta = least[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j <= points; ++j) {
        if (used[j]) {
          u[owner[j]] += delta;
          v[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      at = next;
    } while (owner[at] != 0);
    for (; at != 0; at = way[at]) owner[at] = owner[way[at]];
  }
  double sum = 0;
  for (std::size_t j = 1; j <= points; ++j) sum += owner[j] > 0 ? table[owner[j] - 1][j - 1] : 0;
  return sum;
}

/// The cost of an assignment by the table; fails where a point is used twice.
double cost_of(const GridAssignment& found, const std::vector<std::vector<double>>& table) {
  std::set<std::int64_t> used;
  double sum = 0;
  for (std::size_t cell = 0; cell < table.size(); ++cell) {
    const std::int64_t point = found.point.data_ptr<std::int64_t>()[cell];
    EXPECT_TRUE(used.insert(point).second) << "point " << point << " lies in two cells";
    sum += table[cell][static_cast<std::size_t>(point)];
  }
  EXPECT_NEAR(sum, found.cost, 1e-6 * (1 + sum));
  return sum;
}

TEST(grid_assignment, puts_a_shuffled_grid_in_order) {
  // Cells' centres, shuffled, reach from the first to the last centre; scaling keeps their order.
  const Tensor layout = tensor({2, 1, 0, 0, 1, 0, 0, 1, 2, 0, 1, 1}, {6, 2});
  const GridAssignment found = assign_to_grid(layout, 2, 3);
  EXPECT_EQ(largest_difference(found.point, tensor({1, 2, 4, 3, 5, 0}, {2, 3})), 0) << "row 0 holds the least y";
}

TEST(grid_assignment, is_the_best_of_all) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Tensor layout = random_normal({8, 2}, seed);
    for (const auto& [rows, columns] : {std::pair{2, 2}, std::pair{1, 5}, std::pair{3, 2}, std::pair{2, 4}}) {
      const auto table = costs(layout, rows, columns);
      EXPECT_NEAR(cost_of(assign_to_grid(layout, rows, columns), table), least_by_trying(table), 1e-6);
    }
  }
}

TEST(grid_assignment, costs_what_the_hungarian_method_finds) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Tensor layout = test::clustered_rows(420, 2, 5, 6, seed);  // cells far from all points must fetch theirs
    const auto table = costs(layout, 15, 12);
    const double least = least_by_hungarian(table);
    EXPECT_NEAR(cost_of(assign_to_grid(layout, 15, 12), table), least, 1e-6 * least);
    const auto all = costs(layout, 20, 21);
    const double least_of_all = least_by_hungarian(all);
    EXPECT_NEAR(cost_of(assign_to_grid(layout, 20, 21), all), least_of_all, 1e-6 * least_of_all) << "no point left";
  }
}

TEST(grid_assignment, without_extent) {
  const GridAssignment found = assign_to_grid(at::zeros({5, 2}), 2, 2);
  EXPECT_NEAR(found.cost, 4 * 0.125, 1e-12);
  std::vector<std::int64_t> used(found.point.data_ptr<std::int64_t>(), found.point.data_ptr<std::int64_t>() + 4);
  std::sort(used.begin(), used.end());
  EXPECT_EQ(used, (std::vector<std::int64_t>{0, 1, 2, 3})) << "ties go to the lower point";
  EXPECT_EQ(assign_to_grid(at::zeros({1, 2}), 1, 1).point.item<std::int64_t>(), 0);
}

TEST(grid_assignment, refuses_bad_input) {
  const Tensor layout = random_normal({6, 2}, 1);
  EXPECT_EQ(failure_of([&] { assign_to_grid(layout, 2, 4); }),
            "usage: a grid must have between 1 and 6 cells, as many as there are points; found 2 x 4");
  EXPECT_TRUE(holds(failure_of([&] { assign_to_grid(layout, 0, 4); }), "found 0 x 4"));
  EXPECT_TRUE(holds(failure_of([&] { assign_to_grid(layout, 1, std::int64_t{1} << 62); }), "usage: "));
  EXPECT_TRUE(holds(failure_of([&] { assign_to_grid(random_normal({6, 3}, 1), 1, 1); }), "found 3 columns"));
  EXPECT_TRUE(holds(failure_of([] { assign_to_grid(at::zeros({0, 2}), 1, 1); }), "found [0,2]"));
  EXPECT_TRUE(holds(failure_of([&] { assign_to_grid(layout / 0.0, 1, 1); }), "format: row 0 of the layout"));
}

}  // namespace
}  // namespace fovea

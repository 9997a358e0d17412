// Nearest neighbours against a search by sorting all distances in double.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <fovea/embedding.h>

#include "atlas/clusters.h"
#include "support/failure.h"

namespace fovea {
namespace {

using test::clustered_rows;
using test::failure_of;
using test::holds;
using test::largest_difference;
using test::random_normal;
using test::tensor;

double distance(const Tensor& a, const Tensor& b, Metric metric) {
  if (metric == Metric::euclidean) return (a - b).norm().item<double>();
  const double lengths = a.norm().item<double>() * b.norm().item<double>();
  return lengths > 0 ? 1 - (a * b).sum().item<double>() / lengths : 1;
}

/// Every query's k nearest rows by the definition, as (distance, row).
std::vector<std::pair<double, std::int64_t>> nearest_by_definition(const Tensor& table, const Tensor& query,
                                                                   std::int64_t left_out, Metric metric) {
  const Tensor rows = table.to(at::kDouble);
  std::vector<std::pair<double, std::int64_t>> all;
  for (std::int64_t i = 0; i < rows.size(0); ++i) {
    if (i != left_out) all.emplace_back(distance(query.to(at::kDouble), rows[i], metric), i);
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST(neighbours, equal_the_definition) {
  Tensor table = clustered_rows(150, 19, 6, 2, 1);
  table[17].zero_();
  const Tensor queries = at::cat({clustered_rows(8, 19, 3, 2, 5), at::zeros({1, 19})});
  for (const Metric metric : {Metric::euclidean, Metric::cosine}) {
    const Neighbours found = NeighbourIndex(table, {.metric = metric}).search(queries, 7);
    EXPECT_TRUE(found.exact);
    for (std::int64_t q = 0; q < queries.size(0); ++q) {
      const auto expected = nearest_by_definition(table, queries[q], -1, metric);
      for (std::int64_t n = 0; n < 7; ++n) {
        const auto& [away, row] = expected[static_cast<std::size_t>(n)];
        EXPECT_EQ(found.index[q][n].item<std::int64_t>(), row) << "query " << q << ", neighbour " << n;
        EXPECT_NEAR(found.distance[q][n].item<double>(), away, 1e-12);
      }
    }
  }
}

TEST(neighbours, leave_themselves_out) {
  const Tensor table = clustered_rows(90, 5, 4, 1, 2);
  const Neighbours found = NeighbourIndex(table).search_itself(89);
  for (const std::int64_t i : {0, 44, 89}) {
    const auto expected = nearest_by_definition(table, table[i], i, Metric::euclidean);
    for (std::int64_t n = 0; n < 89; ++n) {
      EXPECT_EQ(found.index[i][n].item<std::int64_t>(), expected[static_cast<std::size_t>(n)].second);
    }
  }
}

TEST(neighbours, ties_go_to_the_lower_row) {
  const Tensor table = tensor({1, 0, 0, 1, -1, 0, 0, 1, 0, -1}, {5, 2});
  const Neighbours found = NeighbourIndex(table).search(at::zeros({1, 2}), 4);
  EXPECT_EQ(largest_difference(found.index[0], tensor({0, 1, 2, 3}, {4})), 0);
  const Neighbours of_one = NeighbourIndex(table).search(table.narrow(0, 3, 1), 2, {3});
  EXPECT_EQ(largest_difference(of_one.index[0], tensor({1, 0}, {2})), 0) << "row 1 is the same";
  EXPECT_EQ(of_one.distance[0][0].item<double>(), 0);
}

TEST(neighbours, far_from_the_origin) {
  // |q|^2 + |t|^2 - 2 q.t in float32 has no right digit here: candidates must be measured again.
  const Tensor near = random_normal({200, 6}, 3);
  const Tensor far = (near + 4096.0).contiguous();
  const Tensor exact = far - 4096.0;  // what float32 left of the rows
  const Neighbours found = NeighbourIndex(far).search_itself(5);
  for (const std::int64_t i : {0, 77, 199}) {
    const auto expected = nearest_by_definition(exact, exact[i], i, Metric::euclidean);
    for (std::int64_t n = 0; n < 5; ++n) {
      EXPECT_EQ(found.index[i][n].item<std::int64_t>(), expected[static_cast<std::size_t>(n)].second);
    }
  }
}

TEST(neighbours, do_not_depend_on_threads) {
  const Tensor table = clustered_rows(700, 33, 10, 1, 4);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Neighbours one = NeighbourIndex(table).search_itself(20);
  at::set_num_threads(3);
  const Neighbours three = NeighbourIndex(table).search_itself(20);
  at::set_num_threads(threads);
  EXPECT_TRUE(one.index.equal(three.index));
  EXPECT_TRUE(one.distance.equal(three.distance));
}

TEST(neighbours, approximate_search_measures_its_recall) {
  const Tensor table = clustered_rows(6000, 24, 40, 1, 6);
  for (const Metric metric : {Metric::euclidean, Metric::cosine}) {
    const Neighbours truth = NeighbourIndex(table, {.metric = metric, .search = Search::exact}).search_itself(10);
    const NeighbourIndex index(table, {.metric = metric, .search = Search::approximate, .least_recall = 0.9});
    const Neighbours found = index.search_itself(10);
    EXPECT_FALSE(found.exact);
    EXPECT_GE(found.recall, 0.9);
    const double same = found.distance.eq(truth.distance).to(at::kDouble).mean().item<double>();
    EXPECT_GT(same, 0.5) << "neighbours in the same place";
    const Tensor places = at::ones({6000, 1}, at::kLong).cumsum(0) - 1;
    EXPECT_EQ(found.index.eq(places).sum().item<std::int64_t>(), 0) << "a row is not its own neighbour";
    EXPECT_TRUE(found.index.equal(index.search_itself(10).index)) << "the same every time";
  }
}

TEST(neighbours, approximate_search_with_all_recall_is_exact) {
  const Tensor table = clustered_rows(500, 8, 5, 1, 7);
  const Neighbours truth = NeighbourIndex(table).search_itself(499);
  const Neighbours found = NeighbourIndex(table, {.search = Search::approximate, .least_recall = 1}).search_itself(499);
  EXPECT_EQ(found.recall, 1);
  EXPECT_TRUE(found.index.equal(truth.index));
  EXPECT_TRUE(found.distance.equal(truth.distance));
}

TEST(neighbours, refuse_bad_input) {
  const Tensor table = random_normal({6, 3}, 1);
  const NeighbourIndex index(table);
  EXPECT_EQ(failure_of([&] { index.search_itself(6); }),
            "usage: the number of neighbours must lie between 1 and the 5 rows to find; found 6");
  EXPECT_EQ(index.search(table, 6).index.size(1), 6);
  EXPECT_TRUE(holds(failure_of([&] { index.search(table, 0); }), "found 0"));
  EXPECT_TRUE(holds(failure_of([&] { index.search(at::zeros({1, 4}), 1); }), "3 columns as the table; found 4"));
  EXPECT_TRUE(holds(failure_of([&] { index.search(table, 1, {0, 1}); }), "each of 6 queries; found 2"));
  EXPECT_TRUE(holds(failure_of([&] { index.search(table.narrow(0, 0, 1), 1, {6}); }), "between 0 and 5"));
  EXPECT_TRUE(holds(failure_of([] { NeighbourIndex(at::zeros({0, 4})); }), "found [0,4]"));
  EXPECT_TRUE(holds(failure_of([&] { NeighbourIndex(table, {.least_recall = 2}); }), "between 0 and 1"));
  const Tensor bad = table / 0.0;
  EXPECT_TRUE(holds(failure_of([&] { NeighbourIndex{bad}; }), "format: row 0 of the table"));
  EXPECT_TRUE(holds(failure_of([&] { index.search(bad, 1); }), "row 0 of the table of queries"));
}

}  // namespace
}  // namespace fovea

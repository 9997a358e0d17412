// All distances by one product of matrices in float32, |q - t|^2 = |q|^2 + |t|^2 - 2 q.t, with a bound on what rounding
// may have done to each: the k nearest are among the rows whose least possible distance is not above the k-th least of
// the largest possible ones. These few are measured again in double. The bound is that of Higham, Mary 2019 (A new
// approach to probabilistic rounding error analysis, theorem 2.4): lambda sqrt(D) u sum_d |q_d t_d|.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/exact_search.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>

#include "core/fused.h"

namespace fovea {
namespace {

constexpr double unit_roundoff = 0x1p-24;
constexpr double lambda = 4;                                 // errors beyond it have probability 2 exp(-lambda^2 / 2)
constexpr std::int64_t block_bytes = std::int64_t{1} << 26;  // of the distances that are held at a time
constexpr std::int64_t least_block = 16;                     // queries: fewer would waste the product's cache blocking
constexpr std::size_t search_lanes = 8;

using Doubles [[gnu::vector_size(search_lanes * sizeof(double))]] = double;
using Floats [[gnu::vector_size(search_lanes * sizeof(float))]] = float;

/// Sums (a - b)^2, or a b, over all axes: each lane by itself, then the lanes in order.
FOVEA_VECTOR_CLONES
double sum_over_axes(const float* a, const float* b, std::int64_t axes, bool product) {
  Doubles sums{};
  std::int64_t d = 0;
  for (; d + static_cast<std::int64_t>(search_lanes) <= axes; d += search_lanes) {
    Floats left, right;
    std::memcpy(&left, a + d, sizeof left);
    std::memcpy(&right, b + d, sizeof right);
    const Doubles x = __builtin_convertvector(left, Doubles);
    const Doubles y = __builtin_convertvector(right, Doubles);
    const Doubles difference = x - y;
    sums += product ? x * y : difference * difference;
  }
  double sum = 0;
  for (; d < axes; ++d) {
    const double x = a[d];
    const double y = b[d];
    sum += product ? x * y : (x - y) * (x - y);
  }
  for (std::size_t lane = 0; lane < search_lanes; ++lane) sum += sums[lane];
  return sum;
}

const float* row_of(const MeasuredTable& table, std::int64_t row) {
  return table.rows.data_ptr<float>() + row * table.rows.size(1);
}

/// What a product says of the distance to each row: at least `least`, at most `most`.
struct Bounds {
  std::vector<float> least, most;
};

/// Bounds squared distances (or cosine distances) of one query from its products with the rows.
void bound_distances(const MeasuredTable& table, double query2, const float* products, Metric metric, Bounds& bounds) {
  const auto axes = static_cast<double>(table.rows.size(1));
  const auto slack = static_cast<float>(unit_roundoff * (lambda * std::sqrt(axes) + 8));  // 8: of the sum itself
  const std::size_t rows = table.length2.size();
  if (metric == Metric::euclidean) {
    for (std::size_t j = 0; j < rows; ++j) {
      const auto sum = static_cast<float>(query2 + table.length2[j]);
      const float distance2 = sum - 2 * products[j];
      bounds.least[j] = distance2 - slack * sum;
      bounds.most[j] = distance2 + slack * sum;
    }
    return;
  }
  for (std::size_t j = 0; j < rows; ++j) {
    const double lengths2 = query2 * table.length2[j];
    const float distance = lengths2 > 0 ? 1 - products[j] / static_cast<float>(std::sqrt(lengths2)) : 1.0F;
    bounds.least[j] = distance - 2 * slack;
    bounds.most[j] = distance + 2 * slack;
  }
}

/// Returns the k-th least number.
float kth_least(const std::vector<float>& values, std::size_t k, std::vector<float>& kept) {
  kept.clear();
  float limit = std::numeric_limits<float>::infinity();
  for (const float value : values) {
    if (!(value < limit)) continue;
    kept.push_back(value);
    if (kept.size() < 2 * k) continue;
    std::nth_element(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(k - 1), kept.end());
    limit = kept[k - 1];
    kept.resize(k);
  }
  if (kept.size() < k) return std::numeric_limits<float>::infinity();
  std::nth_element(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(k - 1), kept.end());
  return kept[k - 1];
}

/// Room for one query at a time.
struct Room {
  explicit Room(std::size_t rows) : bounds{std::vector<float>(rows), std::vector<float>(rows)} {}

  Bounds bounds;
  std::vector<float> kept;
  std::vector<Found> found;
};

/// Measures every row that may be among the k nearest, but for the one that is left out (-1: none).
void collect_nearest(const MeasuredTable& table, const MeasuredTable& queries, std::int64_t query,
                     std::int64_t left_out, Metric metric, std::int64_t k, Room& room) {
  if (left_out >= 0) room.bounds.most[static_cast<std::size_t>(left_out)] = std::numeric_limits<float>::infinity();
  const float limit = kth_least(room.bounds.most, static_cast<std::size_t>(k), room.kept);
  room.found.clear();
  for (std::int64_t row = 0; row < table.rows.size(0); ++row) {
    if (room.bounds.least[static_cast<std::size_t>(row)] > limit || row == left_out) continue;
    room.found.emplace_back(distance_between(queries, query, table, row, metric), row);
  }
}

}  // namespace

MeasuredTable measure_rows(const Tensor& rows) {
  MeasuredTable table{.rows = rows, .length2 = std::vector<double>(static_cast<std::size_t>(rows.size(0)))};
  at::parallel_for(0, rows.size(0), 256, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const float* const row = row_of(table, i);
      table.length2[static_cast<std::size_t>(i)] = sum_over_axes(row, row, rows.size(1), true);
    }
  });
  return table;
}

double distance_between(const MeasuredTable& queries, std::int64_t query, const MeasuredTable& table, std::int64_t row,
                        Metric metric) {
  const std::int64_t axes = table.rows.size(1);
  const float* const a = row_of(queries, query);
  const float* const b = row_of(table, row);
  if (metric == Metric::euclidean) return std::sqrt(sum_over_axes(a, b, axes, false));
  const double lengths2 =
      queries.length2[static_cast<std::size_t>(query)] * table.length2[static_cast<std::size_t>(row)];
  if (!(lengths2 > 0)) return 1;
  return std::max(0.0, 1 - sum_over_axes(a, b, axes, true) / std::sqrt(lengths2));
}

void write_nearest(std::vector<Found>& found, std::int64_t query, Neighbours& result) {
  const std::int64_t k = result.index.size(1);
  std::partial_sort(found.begin(), found.begin() + k, found.end());
  for (std::int64_t n = 0; n < k; ++n) {
    const Found& nearest = found[static_cast<std::size_t>(n)];
    result.distance.data_ptr<double>()[query * k + n] = nearest.first;
    result.index.data_ptr<std::int64_t>()[query * k + n] = nearest.second;
  }
}

void search_exactly(const MeasuredTable& table, const MeasuredTable& queries, const std::vector<std::int64_t>& excluded,
                    Metric metric, Neighbours& result) {
  const std::int64_t rows = table.rows.size(0);
  const std::int64_t count = queries.rows.size(0);
  const std::int64_t block = std::max(least_block, block_bytes / (rows * static_cast<std::int64_t>(sizeof(float))));
  for (std::int64_t from = 0; from < count; from += block) {
    const std::int64_t here = std::min(block, count - from);
    const Tensor products = at::mm(queries.rows.narrow(0, from, here), table.rows.t()).contiguous();
    at::parallel_for(0, here, 4, [&](std::int64_t begin, std::int64_t end) {
      Room room(static_cast<std::size_t>(rows));
      for (std::int64_t query = from + begin; query < from + end; ++query) {
        bound_distances(table, queries.length2[static_cast<std::size_t>(query)],
                        products.data_ptr<float>() + (query - from) * rows, metric, room.bounds);
        const std::int64_t left_out = excluded.empty() ? -1 : excluded[static_cast<std::size_t>(query)];
        collect_nearest(table, queries, query, left_out, metric, result.index.size(1), room);
        write_nearest(room.found, query, result);
      }
    });
  }
}

}  // namespace fovea

// The k nearest rows of a table, exactly.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <fovea/embedding.h>

namespace fovea {

/// A table with the lengths of its rows.
struct MeasuredTable {
  Tensor rows;                  ///< [N,D], contiguous float32
  std::vector<double> length2;  ///< [N], squared lengths
};

/// Measures a table.
MeasuredTable measure_rows(const Tensor& rows);

/// How far a row is, and which it is; pairs order by distance, then by row.
using Found = std::pair<double, std::int64_t>;

/// Returns the distance between a row of `queries` and one of `table`, in double.
double distance_between(const MeasuredTable& queries, std::int64_t query, const MeasuredTable& table, std::int64_t row,
                        Metric metric);

/// Writes the k nearest of what was found, at least k, as a query's neighbours; the order of `found` is lost.
void write_nearest(std::vector<Found>& found, std::int64_t query, Neighbours& result);

/// Finds for the queries [M,D] their k nearest rows, `excluded` (a row per query, -1 for none, or empty) left out, and
/// writes them to the result's tables [M,k].
void search_exactly(const MeasuredTable& table, const MeasuredTable& queries, const std::vector<std::int64_t>& excluded,
                    Metric metric, Neighbours& result);

}  // namespace fovea

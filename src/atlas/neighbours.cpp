// Nearest neighbours in a table: exact ones, or approximate ones whose recall@k, the share of the true k nearest that
// was found, is measured on a sample of the queries and brought up to what is asked.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <optional>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <fovea/error.h>

#include "atlas/embedding_table.h"
#include "atlas/exact_search.h"
#include "atlas/inverted_file.h"

namespace fovea {
namespace {

constexpr std::int64_t most_sampled = 64;  // queries whose recall is measured
constexpr std::int64_t first_probed = 4;   // parts; doubled until the recall is reached
constexpr std::int64_t spare = 8;          // candidates more than k: FAISS's distances are float32

Neighbours room_for(std::int64_t queries, std::int64_t k) {
  return {.index = at::empty({queries, k}, at::kLong), .distance = at::empty({queries, k}, at::kDouble)};
}

/// Returns the places of up to `most_sampled` queries, evenly spaced.
std::vector<std::int64_t> sampled(std::int64_t queries) {
  const std::int64_t count = std::min(most_sampled, queries);
  std::vector<std::int64_t> sample;
  for (std::int64_t i = 0; i < count; ++i) sample.push_back(i * queries / count);
  return sample;
}

MeasuredTable rows_at(const MeasuredTable& table, const std::vector<std::int64_t>& places) {
  const std::int64_t axes = table.rows.size(1);
  Tensor rows = at::empty({static_cast<std::int64_t>(places.size()), axes}, at::kFloat);
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::copy_n(table.rows.data_ptr<float>() + places[i] * axes, axes,
                rows.data_ptr<float>() + static_cast<std::int64_t>(i) * axes);
  }
  return measure_rows(rows);
}

std::vector<std::int64_t> at_places(const std::vector<std::int64_t>& excluded,
                                    const std::vector<std::int64_t>& places) {
  std::vector<std::int64_t> chosen;
  for (const std::int64_t place : places) {
    if (!excluded.empty()) chosen.push_back(excluded[static_cast<std::size_t>(place)]);
  }
  return chosen;
}

/// The share of the true neighbours' places that rows just as near were found for.
double recall_of(const Neighbours& found, const Neighbours& truth) {
  const std::int64_t k = truth.index.size(1);
  const auto* distance = found.distance.data_ptr<double>();
  const auto* true_distance = truth.distance.data_ptr<double>();
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < truth.index.numel(); ++i) right += distance[i] <= true_distance[i / k * k + k - 1];
  return static_cast<double>(right) / static_cast<double>(truth.index.numel());
}

void check_excluded(const std::vector<std::int64_t>& excluded, std::int64_t queries, std::int64_t rows) {
  if (excluded.empty()) return;
  if (static_cast<std::int64_t>(excluded.size()) != queries) {
    throw Error(ErrorKind::shape, "expected one excluded row for each of " + std::to_string(queries) +
                                      " queries; found " + std::to_string(excluded.size()));
  }
  const auto [least, most] = std::minmax_element(excluded.begin(), excluded.end());
  if (*least < -1 || *most >= rows) {
    throw Error(ErrorKind::shape, "an excluded row must lie between 0 and " + std::to_string(rows - 1) +
                                      ", or be -1; found " + std::to_string(*least < -1 ? *least : *most));
  }
}

/// Returns rows of length 1, so that the largest inner product is the largest cosine; rows of zeros stay.
Tensor unit_rows(const MeasuredTable& table) {
  Tensor unit = at::empty(table.rows.sizes(), at::kFloat);
  const std::int64_t axes = unit.size(1);
  for (std::int64_t i = 0; i < unit.size(0); ++i) {
    const double length2 = table.length2[static_cast<std::size_t>(i)];
    const double scale = length2 > 0 ? 1 / std::sqrt(length2) : 0;
    const float* const from = table.rows.data_ptr<float>() + i * axes;
    std::transform(from, from + axes, unit.data_ptr<float>() + i * axes,
                   [&](float x) { return static_cast<float>(static_cast<double>(x) * scale); });
  }
  return unit;
}

}  // namespace

struct NeighbourIndex::Parts {
  MeasuredTable table;
  NeighbourOptions options;
  std::optional<InvertedFile> file;  ///< for approximate search

  Tensor as_filed(const MeasuredTable& rows) const {
    return options.metric == Metric::cosine ? unit_rows(rows) : rows.rows;
  }
  bool probe(const MeasuredTable& queries, const std::vector<std::int64_t>& excluded, std::int64_t probed,
             Neighbours& result) const;
  Neighbours search(const MeasuredTable& queries, std::int64_t k, const std::vector<std::int64_t>& excluded) const;
};

/// Fills the result from the nearest `probed` parts of the table; tells whether they held enough rows for all queries.
bool NeighbourIndex::Parts::probe(const MeasuredTable& queries, const std::vector<std::int64_t>& excluded,
                                  std::int64_t probed, Neighbours& result) const {
  const std::int64_t k = result.index.size(1);
  const std::int64_t wanted = std::min(k + 1 + spare, table.rows.size(0));
  const std::vector<std::int64_t> candidates = file->search(as_filed(queries), wanted, probed);
  std::atomic<bool> enough = true;
  at::parallel_for(0, queries.rows.size(0), 16, [&](std::int64_t begin, std::int64_t end) {
    std::vector<Found> found;
    for (std::int64_t query = begin; query < end; ++query) {
      const std::int64_t left_out = excluded.empty() ? -1 : excluded[static_cast<std::size_t>(query)];
      found.clear();
      for (std::int64_t c = query * wanted; c < (query + 1) * wanted; ++c) {
        const std::int64_t row = candidates[static_cast<std::size_t>(c)];
        if (row < 0 || row == left_out) continue;
        found.emplace_back(distance_between(queries, query, table, row, options.metric), row);
      }
      if (static_cast<std::int64_t>(found.size()) < k) {
        enough = false;
        return;
      }
      write_nearest(found, query, result);
    }
  });
  return enough;
}

Neighbours NeighbourIndex::Parts::search(const MeasuredTable& queries, std::int64_t k,
                                         const std::vector<std::int64_t>& excluded) const {
  const std::int64_t count = queries.rows.size(0);
  Neighbours result = room_for(count, k);
  if (!file) {
    search_exactly(table, queries, excluded, options.metric, result);
    return result;
  }
  const std::vector<std::int64_t> sample = sampled(count);
  const auto sample_size = static_cast<std::int64_t>(sample.size());
  const MeasuredTable some = rows_at(queries, sample);
  const std::vector<std::int64_t> some_excluded = at_places(excluded, sample);
  Neighbours truth = room_for(sample_size, k);
  search_exactly(table, some, some_excluded, options.metric, truth);
  result.exact = false;
  for (std::int64_t probed = first_probed;; probed *= 2) {
    const bool all = probed >= file->parts();
    Neighbours found = room_for(sample_size, k);
    const bool enough = probe(some, some_excluded, probed, found);
    result.recall = enough ? recall_of(found, truth) : 0;
    if ((result.recall >= options.least_recall || all) && probe(queries, excluded, probed, result)) return result;
    if (all) throw Error(ErrorKind::internal, "approximate search found fewer than " + std::to_string(k) + " rows");
  }
}

NeighbourIndex::NeighbourIndex(const Tensor& table, const NeighbourOptions& options) {
  if (!(options.least_recall >= 0 && options.least_recall <= 1)) {
    throw Error(ErrorKind::usage,
                "least recall must lie between 0 and 1; found " + std::to_string(options.least_recall));
  }
  auto parts = std::make_unique<Parts>();
  parts->table = measure_rows(checked_table(table, "the table"));
  parts->options = options;
  const bool large = parts->table.rows.size(0) > most_exact_rows;
  if (options.search == Search::approximate || (options.search == Search::automatic && large)) {
    parts->file.emplace(parts->as_filed(parts->table), options.metric == Metric::cosine);
  }
  parts_ = std::move(parts);
}

NeighbourIndex::~NeighbourIndex() = default;
NeighbourIndex::NeighbourIndex(NeighbourIndex&&) noexcept = default;
NeighbourIndex& NeighbourIndex::operator=(NeighbourIndex&&) noexcept = default;

Neighbours NeighbourIndex::search(const Tensor& queries, std::int64_t k,
                                  const std::vector<std::int64_t>& excluded) const {
  const MeasuredTable asked = measure_rows(checked_table(queries, "the table of queries"));
  const Tensor& rows = parts_->table.rows;
  if (asked.rows.size(1) != rows.size(1)) {
    throw Error(ErrorKind::shape, "queries must have " + std::to_string(rows.size(1)) +
                                      " columns as the table; found " + std::to_string(asked.rows.size(1)));
  }
  check_excluded(excluded, asked.rows.size(0), rows.size(0));
  const bool leaves_out = std::any_of(excluded.begin(), excluded.end(), [](std::int64_t row) { return row >= 0; });
  const std::int64_t most = rows.size(0) - (leaves_out ? 1 : 0);
  if (k < 1 || k > most) {
    throw Error(ErrorKind::usage, "the number of neighbours must lie between 1 and the " + std::to_string(most) +
                                      " rows to find; found " + std::to_string(k));
  }
  return parts_->search(asked, k, excluded);
}

Neighbours NeighbourIndex::search_itself(std::int64_t k) const {
  std::vector<std::int64_t> itself(parts_->table.length2.size());
  std::iota(itself.begin(), itself.end(), 0);
  return search(parts_->table.rows, k, itself);
}

}  // namespace fovea

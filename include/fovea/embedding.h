// Arranging the embeddings of a data set: principal components, t-SNE, a grid of pictures, nearest neighbours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <fovea/api.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

// A table [N,D] holds N embeddings as rows, floating-point numbers, taken as float32. Every function below throws
// `Error(shape)` for other tensors and empty ones, `Error(format)` naming the row for numbers that are not finite.

/// Principal components of a table [N,D]: the k directions in which its rows vary most.
struct Pca {
  Tensor mean;        ///< [D], float64
  Tensor components;  ///< [k,D], float64: orthonormal rows, most variance first
  Tensor scores;      ///< [N,k], float32: rows less the mean, along the components
  Tensor variance;    ///< [k], float64: of the scores, over N - 1
  Tensor ratio;       ///< [k], float64: share of the table's variance; 0 where the table has none
  Tensor loadings;    ///< [D,k], float64: components times the scores' deviations; a biplot's arrows are [:, :2]
};

/// Computes the first k principal components; of each, the score of largest magnitude is positive (the first such row;
/// scikit-learn 1.2's rule). Throws `Error(usage)` unless 2 <= N and 1 <= k <= min(N, D).
Pca pca(const Tensor& table, std::int64_t k);

/// Returns the scores [M,k], float32, of other rows [M,D]. Throws `Error(shape)` for another D.
Tensor project(const Pca& pca, const Tensor& table);

/// Returns the `count` original axes with the longest arrows of a biplot, longest first: rows of `loadings` by their
/// length in the first two columns, ties by lower index; all of them where there are fewer.
std::vector<std::int64_t> longest_loadings(const Pca& pca, std::int64_t count);

/// How far two rows are apart.
enum class Metric {
  euclidean,  ///< L2
  cosine      ///< 1 - cosine; 1 where either row is zero
};

/// How neighbours are searched.
enum class Search {
  automatic,   ///< exact up to `most_exact_rows` rows, approximate above
  exact,       ///< against every row
  approximate  ///< in the parts of the table that lie nearest (inverted file)
};

inline constexpr std::int64_t most_exact_rows = 100'000;

/// Choices of a search.
struct NeighbourOptions {
  Metric metric = Metric::euclidean;
  Search search = Search::automatic;
  double least_recall = 0.95;  ///< of approximate search, measured on a sample of the queries; more parts until reached
};

/// The k nearest rows of every query, nearest first, ties by lower index.
struct Neighbours {
  Tensor index;         ///< [M,k], int64
  Tensor distance;      ///< [M,k], float64
  bool exact = true;    ///< whether the table was searched whole
  double recall = 1.0;  ///< share of the true k nearest that were found, over a sample of up to 64 queries
};

/// A table prepared for searches; may be searched from several threads. Exact results do not depend on their number.
class NeighbourIndex {
 public:
  /// Keeps the table [N,D] (no copy of contiguous float32) and prepares what the search needs.
  explicit NeighbourIndex(const Tensor& table, const NeighbourOptions& options = {});
  ~NeighbourIndex();
  NeighbourIndex(NeighbourIndex&&) noexcept;
  NeighbourIndex& operator=(NeighbourIndex&&) noexcept;

  /// Finds the k nearest rows of queries [M,D]. `excluded` holds for each query the row that must not be found, usually
  /// itself, or -1; empty excludes nothing. Throws `Error(usage)` unless k rows are left to find, `Error(shape)` for
  /// another D, or where `excluded` does not fit.
  Neighbours search(const Tensor& queries, std::int64_t k, const std::vector<std::int64_t>& excluded = {}) const;
  /// Finds the k nearest other rows of every row. Throws `Error(usage)` unless 1 <= k <= N - 1.
  Neighbours search_itself(std::int64_t k) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

/// Where t-SNE begins.
enum class TsneStart {
  pca,    ///< the first two components, scaled so that the first's deviation is 1e-4
  random  ///< normal, deviation 1e-4, from the seed
};

/// Choices of t-SNE; the defaults are van der Maaten's (2014) where scikit-learn does not deviate, and else its.
struct TsneOptions {
  double perplexity = 30;          ///< effective number of neighbours
  double theta = 0.5;              ///< Barnes-Hut: a cell of this width over distance counts as one point; 0 is exact
  double exaggeration = 12;        ///< factor on P in the first iterations
  std::int64_t exaggerated = 250;  ///< how many those are; their momentum is 0.5, then it is 0.8
  double learning_rate = 0;        ///< 0: max(N / exaggeration / 4, 50), as scikit-learn's "auto"
  std::int64_t iterations = 1000;
  TsneStart start = TsneStart::pca;
  std::uint64_t seed = 0;         ///< of a random start
  Search search = Search::exact;  ///< of the 3 * perplexity nearest neighbours
};

/// Returns the default perplexity, or the largest one that a table of so many rows allows where that is less.
double fitting_perplexity(std::int64_t rows);

/// How far t-SNE has come.
struct TsneStatus {
  std::int64_t iteration = 0;  ///< done, 1 to `iterations`
  std::int64_t iterations = 0;
  double kl = 0;  ///< KL(P || Q), nats, as last measured; infinity before the first time
};

/// A layout of a table's rows in the plane.
struct Tsne {
  Tensor layout;                   ///< [N,2], float32, mean 0
  double kl = 0;                   ///< KL(P || Q) at `layout`, nats, without exaggeration
  std::vector<double> kl_history;  ///< after every 50 iterations, without exaggeration
  std::int64_t iterations = 0;     ///< done
};

/// Lays a table out by Barnes-Hut t-SNE: the same bits for the same table and options whatever the number of threads.
/// `progress` is called after every iteration; returning false stops there. Throws `Error(usage)` for options out of
/// range and when N - 1 < 3 * perplexity.
Tsne tsne(const Tensor& table, const TsneOptions& options = {},
          const std::function<bool(const TsneStatus&)>& progress = {});

/// Which point of a layout lies in which cell of a grid.
struct GridAssignment {
  Tensor point;     ///< [rows,columns], int64: row 0 holds the least y, column 0 the least x
  double cost = 0;  ///< sum of squared distances from cells' centres to their points in the unit square
};

/// Gives every cell of a grid a point [N,2] of its own, so that the sum of squared distances between cells' centres and
/// points is least; points are scaled to fill the unit square (an axis without extent lies at 1/2), a cell's centre is
/// ((column + 1/2) / columns, (row + 1/2) / rows). Throws `Error(usage)` unless 1 <= rows * columns <= N,
/// `Error(shape)` for points that are not [N,2].
GridAssignment assign_to_grid(const Tensor& points, std::int64_t rows, std::int64_t columns);

}  // namespace fovea

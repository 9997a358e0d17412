// The first two principal components by subspace iteration: V <- orthonormal basis of X^T X V, from a fixed start and
// with more columns than are wanted, then the principal directions within that subspace (Rayleigh and Ritz; Halko,
// Martinsson, Tropp 2011, Finding structure with randomness, algorithm 4.4). A start needs few digits, but the same
// bits whatever the number of threads, which a BLAS does not promise: here sums have a fixed order.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/zeros.h>

#include "atlas/embedding_table.h"
#include "atlas/tsne_parts.h"
#include "core/fused.h"
#include "core/random.h"

namespace fovea {
namespace {

constexpr std::size_t width = 8;  // columns of V
constexpr int iterations = 20;    // error ~ (lambda_9 / lambda_2)^20
constexpr std::int64_t parts = 32;
constexpr double first_deviation = 1e-4;  // van der Maaten 2014: the deviation of a random start
constexpr double least_length = 1e-10;    // of a column's length: less than this is rounding, the subspace is smaller

using Columns [[gnu::vector_size(width * sizeof(double))]] = double;
using BasisRow = std::array<double, width>;
using Basis = std::vector<BasisRow>;  // [D,8]

struct Centred {
  const float* rows;  ///< [count,D]
  std::int64_t count;
  std::vector<double> mean;  ///< [D]
};

/// Adds X^T X V over the rows [begin,end) to `sums`, the scores X V of a row are written where there is room for them.
FOVEA_VECTOR_CLONES
void add_products(const Centred& table, std::int64_t begin, std::int64_t end, const Basis& v, Basis& sums,
                  BasisRow* scores) {
  const std::size_t axes = v.size();
  for (std::int64_t r = begin; r < end; ++r) {
    const float* const row = table.rows + r * static_cast<std::int64_t>(axes);
    Columns score{};
    for (std::size_t d = 0; d < axes; ++d) {
      Columns direction;
      std::memcpy(&direction, v[d].data(), sizeof direction);
      score += (static_cast<double>(row[d]) - table.mean[d]) * direction;
    }
    if (scores != nullptr) std::memcpy(scores[r].data(), &score, sizeof score);
    for (std::size_t d = 0; d < axes; ++d) {
      Columns sum;
      std::memcpy(&sum, sums[d].data(), sizeof sum);
      sum += (static_cast<double>(row[d]) - table.mean[d]) * score;
      std::memcpy(sums[d].data(), &sum, sizeof sum);
    }
  }
}

/// Calls `work(part, begin, end, sums)` for each of `parts` runs of rows and returns the sums, added in order.
template <typename Work>
Basis sum_of_parts(std::int64_t count, std::size_t axes, const Work& work) {
  std::vector<Basis> sums(static_cast<std::size_t>(parts), Basis(axes, BasisRow{}));
  at::parallel_for(0, parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t part = first; part < last; ++part) {
      work(count * part / parts, count * (part + 1) / parts, sums[static_cast<std::size_t>(part)]);
    }
  });
  for (std::size_t part = 1; part < sums.size(); ++part) {
    for (std::size_t d = 0; d < axes; ++d) {
      for (std::size_t c = 0; c < width; ++c) sums[0][d][c] += sums[part][d][c];
    }
  }
  return std::move(sums[0]);
}

std::vector<double> column_means(const Tensor& table) {
  const auto axes = static_cast<std::size_t>(table.size(1));
  const auto* rows = table.data_ptr<float>();
  const Basis sums = sum_of_parts(table.size(0), axes, [&](std::int64_t begin, std::int64_t end, Basis& sum) {
    for (std::int64_t r = begin; r < end; ++r) {
      for (std::size_t d = 0; d < axes; ++d) {
        sum[d][0] += static_cast<double>(rows[r * static_cast<std::int64_t>(axes) + static_cast<std::int64_t>(d)]);
      }
    }
  });
  std::vector<double> mean(axes);
  for (std::size_t d = 0; d < axes; ++d) mean[d] = sums[d][0] / static_cast<double>(table.size(0));
  return mean;
}

double dot(const Basis& a, std::size_t i, const Basis& b, std::size_t j) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += a[d][i] * b[d][j];
  return sum;
}

/// Makes the columns orthonormal by Gram and Schmidt's method, twice each; columns that depend on others become zero.
void orthonormalise(Basis& v) {
  for (std::size_t c = 0; c < width; ++c) {
    const double length = std::sqrt(dot(v, c, v, c));
    for (int time = 0; time < 2; ++time) {
      for (std::size_t other = 0; other < c; ++other) {
        const double share = dot(v, other, v, c);
        for (BasisRow& row : v) row[c] -= share * row[other];
      }
    }
    const double left = std::sqrt(dot(v, c, v, c));
    const double scale = left > least_length * length ? 1 / left : 0;
    for (BasisRow& row : v) row[c] *= scale;
  }
}

/// Turns V so that its first columns are the principal directions within its subspace; `products` is X^T X V.
void rotate(Basis& v, const Basis& products) {
  const auto size = static_cast<std::int64_t>(width);
  Tensor inner = at::zeros({size, size}, at::kDouble);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < width; ++j) inner.data_ptr<double>()[i * width + j] = dot(v, i, products, j);
  }
  const auto [values, vectors] = at::linalg_eigh((inner + inner.t()) / 2);  // ascending
  const Tensor turn = vectors.contiguous();
  for (BasisRow& row : v) {
    BasisRow turned{};
    for (std::size_t c = 0; c < width; ++c) {
      for (std::size_t k = 0; k < width; ++k) {
        turned[c] += row[k] * turn.data_ptr<double>()[k * width + (width - 1 - c)];
      }
    }
    row = turned;
  }
}

double deviation(const std::vector<BasisRow>& scores, std::size_t column) {
  double sum = 0;  // the scores' mean is 0
  for (const BasisRow& row : scores) sum += row[column] * row[column];
  return std::sqrt(sum / static_cast<double>(scores.size()));
}

/// Returns 1 or -1, so that the score of largest magnitude becomes positive.
double sign_of(const std::vector<BasisRow>& scores, std::size_t column) {
  double largest = 0;
  for (const BasisRow& row : scores) largest = std::abs(row[column]) > std::abs(largest) ? row[column] : largest;
  return largest < 0 ? -1 : 1;
}

}  // namespace

Tensor tsne_pca_start(const Tensor& table) {
  const Tensor numbers = checked_table(table, "the table");
  const Centred centred{numbers.data_ptr<float>(), numbers.size(0), column_means(numbers)};
  const auto axes = static_cast<std::size_t>(numbers.size(1));
  Basis v(axes);
  const Tensor draws = normal({numbers.size(1), static_cast<std::int64_t>(width)}, 0, 0);
  for (std::size_t i = 0; i < axes * width; ++i)
    v[i / width][i % width] = static_cast<double>(draws.data_ptr<float>()[i]);
  std::vector<BasisRow> scores(static_cast<std::size_t>(centred.count));
  const auto multiply = [&](BasisRow* kept) {
    return sum_of_parts(centred.count, axes, [&](std::int64_t begin, std::int64_t end, Basis& sums) {
      add_products(centred, begin, end, v, sums, kept);
    });
  };
  orthonormalise(v);
  for (int i = 0; i < iterations; ++i) {
    v = multiply(nullptr);
    orthonormalise(v);
  }
  rotate(v, multiply(nullptr));
  multiply(scores.data());
  const double first = deviation(scores, 0);
  Tensor start = normal({centred.count, 2}, 0, 1) * first_deviation;  // stays where the table has no extent
  for (std::size_t c = 0; c < 2; ++c) {
    if (first == 0 || deviation(scores, c) <= least_length * first) continue;
    const double scale = sign_of(scores, c) * first_deviation / first;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      start.data_ptr<float>()[2 * i + c] = static_cast<float>(scores[i][c] * scale);
    }
  }
  return start;
}

}  // namespace fovea

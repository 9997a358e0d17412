// Principal components: with X_c the table less its mean, the eigenvectors of the covariance C = X_c^T X_c / (N - 1)
// (Jolliffe 2002, Principal Component Analysis, section 3.1), or, where there are fewer rows than columns, X_c^T u /
// |X_c^T u| of the eigenvectors u of X_c X_c^T. A biplot's arrows are the components times the scores' deviations
// (Gabriel 1971, The biplot graphic display of matrices). In float64, chunks of rows at a time.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/embedding.h>
#include <fovea/error.h>

#include "atlas/embedding_table.h"
#include "atlas/leading_eigenvectors.h"
#include "core/random.h"

namespace fovea {
namespace {

constexpr std::int64_t chunk_rows = 1024;
constexpr double least_eigenvalue = 1e-14;  // of the largest eigenvalue: less is rounding

/// Calls `work(first, rows)` for chunks of the table's rows in float64.
template <typename Work>
void for_chunks(const Tensor& table, const Work& work) {
  for (std::int64_t first = 0; first < table.size(0); first += chunk_rows) {
    work(first, table.narrow(0, first, std::min(chunk_rows, table.size(0) - first)).to(at::kDouble));
  }
}

Tensor mean_of(const Tensor& table) {
  Tensor sum = at::zeros({table.size(1)}, at::kDouble);
  for_chunks(table, [&](std::int64_t, const Tensor& rows) { sum += rows.sum(0); });
  return sum / static_cast<double>(table.size(0));
}

/// Eigenvalues of X_c^T X_c, [k], the components [k,D], and the sum of all eigenvalues.
struct Directions {
  Tensor values, components;
  double total = 0;
};

Directions from_covariance(const Tensor& table, const Tensor& mean, std::int64_t k) {
  Tensor products = at::zeros({table.size(1), table.size(1)}, at::kDouble);
  for_chunks(table, [&](std::int64_t, const Tensor& rows) {
    const Tensor centred = rows - mean;
    products.addmm_(centred.t(), centred);
  });
  const Eigenvectors found = leading_eigenvectors(products, k);
  return {found.values.clamp_min(0), found.vectors.t().contiguous(), products.trace().item<double>()};
}

Directions from_gram(const Tensor& table, const Tensor& mean, std::int64_t k) {
  const Tensor centred = table.to(at::kDouble) - mean;
  const Tensor products = centred.mm(centred.t());
  const Eigenvectors found = leading_eigenvectors(products, k);
  const Tensor values = found.values.clamp_min(0);
  const Tensor meant = values > values[0] * least_eigenvalue;
  // Columns that stand for no variance may point anywhere: made orthogonal to the others.
  const Tensor any = normal({table.size(1), k}, 0, 0).to(at::kDouble);
  const Tensor directions = centred.t().mm(found.vectors) * meant + any * meant.logical_not();
  const Tensor components = std::get<0>(at::linalg_qr(directions)).t().contiguous();
  return {values * meant, components, products.trace().item<double>()};
}

/// Fills the scores and turns components so that each one's score of largest magnitude is positive.
void score(const Tensor& table, Pca& pca) {
  const std::int64_t k = pca.components.size(0);
  pca.scores = at::empty({table.size(0), k}, at::kFloat);
  Tensor largest = at::zeros({k}, at::kDouble);
  for_chunks(table, [&](std::int64_t first, const Tensor& rows) {
    const Tensor scores = (rows - pca.mean).mm(pca.components.t());
    pca.scores.narrow(0, first, rows.size(0)).copy_(scores);
    const Tensor extreme = scores.gather(0, std::get<1>(scores.abs().max(0, true)))[0];
    largest = extreme.where(extreme.abs() > largest.abs(), largest);
  });
  const Tensor sign = (largest < 0).to(at::kDouble) * -2 + 1;
  pca.components = pca.components * sign.unsqueeze(1);
  pca.scores.mul_(sign.to(at::kFloat));
}

}  // namespace

Pca pca(const Tensor& table, std::int64_t k) {
  const Tensor rows = checked_table(table, "the table");
  const std::int64_t most = std::min(rows.size(0), rows.size(1));
  if (rows.size(0) < 2) throw Error(ErrorKind::usage, "principal components need 2 rows or more; found 1");
  if (k < 1 || k > most) {
    throw Error(ErrorKind::usage, "the number of components must lie between 1 and " + std::to_string(most) +
                                      ", the lesser of rows and columns; found " + std::to_string(k));
  }
  Pca result;
  result.mean = mean_of(rows);
  const bool tall = rows.size(0) >= rows.size(1);
  const Directions found = tall ? from_covariance(rows, result.mean, k) : from_gram(rows, result.mean, k);
  result.components = found.components;
  result.variance = found.values / static_cast<double>(rows.size(0) - 1);
  result.ratio = found.total > 0 ? found.values / found.total : at::zeros_like(found.values);
  score(rows, result);
  result.loadings = (result.components * result.variance.sqrt().unsqueeze(1)).t().contiguous();
  return result;
}

Tensor project(const Pca& pca, const Tensor& table) {
  const Tensor rows = checked_table(table, "the table");
  if (rows.size(1) != pca.mean.size(0)) {
    throw Error(ErrorKind::shape, "rows must have " + std::to_string(pca.mean.size(0)) +
                                      " columns as the components; found " + std::to_string(rows.size(1)));
  }
  Tensor scores = at::empty({rows.size(0), pca.components.size(0)}, at::kFloat);
  for_chunks(rows, [&](std::int64_t first, const Tensor& some) {
    scores.narrow(0, first, some.size(0)).copy_((some - pca.mean).mm(pca.components.t()));
  });
  return scores;
}

std::vector<std::int64_t> longest_loadings(const Pca& pca, std::int64_t count) {
  const Tensor first = pca.loadings.narrow(1, 0, std::min<std::int64_t>(2, pca.loadings.size(1)));
  const Tensor lengths = (first * first).sum(1).contiguous();
  const auto* length = lengths.data_ptr<double>();
  std::vector<std::int64_t> axes(static_cast<std::size_t>(lengths.size(0)));
  std::iota(axes.begin(), axes.end(), 0);
  std::stable_sort(axes.begin(), axes.end(), [&](std::int64_t a, std::int64_t b) { return length[a] > length[b]; });
  axes.resize(std::min(axes.size(), static_cast<std::size_t>(std::max<std::int64_t>(count, 0))));
  return axes;
}

}  // namespace fovea

// Few eigenvectors of a large matrix A by the block Lanczos method, started again with what it found: an orthonormal
// basis Q of V, A V, A^2 V, ..., in which the eigenvectors of Q^T A Q come near those of A (Golub, Underwood 1977, The
// block Lanczos method for computing eigenvalues; Q is orthogonalised fully). Else, and where that does not converge,
// all of them by LAPACK.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/leading_eigenvectors.h"

#include <optional>

#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/mm.h>

#include "core/random.h"

namespace fovea {
namespace {

constexpr std::int64_t least_large = 1024;  // LAPACK takes a third of a second here, but 64 times that for 4,096
constexpr std::int64_t least_share = 32;    // for more than an n-th of all eigenvectors LAPACK is as fast
constexpr std::int64_t extra = 8;           // columns of V more than are wanted: the last wanted ones converge sooner
constexpr std::int64_t blocks = 8;          // of the basis
constexpr int restarts = 60;
constexpr double tolerance = 1e-11;  // of |A v - lambda v|, of the largest eigenvalue

Eigenvectors largest_of(const Tensor& matrix, std::int64_t k) {
  const auto [values, vectors] = at::linalg_eigh(matrix);  // ascending
  const std::int64_t n = matrix.size(0);
  return {values.narrow(0, n - k, k).flip(0), vectors.narrow(1, n - k, k).flip(1)};
}

Tensor orthonormal(const Tensor& columns) { return std::get<0>(at::linalg_qr(columns)); }

/// Makes columns orthonormal and orthogonal to a basis; twice, as what is left the first time may be mostly rounding.
Tensor orthonormal_to(const Tensor& basis, const Tensor& columns) {
  Tensor rest = columns;
  for (int time = 0; time < 2; ++time) rest = orthonormal(rest - basis.mm(basis.t().mm(rest)));
  return rest;
}

std::optional<Eigenvectors> block_lanczos(const Tensor& matrix, std::int64_t k) {
  const std::int64_t width = k + extra;
  Tensor v = orthonormal(normal({matrix.size(0), width}, 0, 0).to(at::kDouble));
  for (int restart = 0; restart < restarts; ++restart) {
    Tensor basis = v;
    Tensor products = matrix.mm(v);
    for (std::int64_t block = 1; block < blocks; ++block) {
      const Tensor next = orthonormal_to(basis, products.narrow(1, products.size(1) - width, width));
      basis = at::cat({basis, next}, 1);
      products = at::cat({products, matrix.mm(next)}, 1);
    }
    const Tensor inner = basis.t().mm(products);
    const Eigenvectors ritz = largest_of((inner + inner.t()) / 2, width);
    v = basis.mm(ritz.vectors);
    const Tensor residual = (products.mm(ritz.vectors) - v * ritz.values).narrow(1, 0, k);
    const double largest = ritz.values[0].item<double>();
    if ((residual * residual).sum(0).max().sqrt().item<double>() <= tolerance * largest) {
      return Eigenvectors{ritz.values.narrow(0, 0, k), v.narrow(1, 0, k)};
    }
    v = orthonormal(v);
  }
  return std::nullopt;
}

}  // namespace

Eigenvectors leading_eigenvectors(const Tensor& matrix, std::int64_t k) {
  const std::int64_t n = matrix.size(0);
  if (n > least_large && k * least_share <= n) {
    if (const auto few = block_lanczos(matrix, k)) return *few;
  }
  return largest_of(matrix, k);
}

}  // namespace fovea

// The largest eigenvalues of a symmetric matrix and their eigenvectors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea {

/// Eigenvalues [k], largest first, and eigenvectors [n,k], orthonormal columns of arbitrary sign.
struct Eigenvectors {
  Tensor values;
  Tensor vectors;
};

/// Computes the k largest of a symmetric positive semidefinite matrix [n,n], float64, 1 <= k <= n.
Eigenvectors leading_eigenvectors(const Tensor& matrix, std::int64_t k);

}  // namespace fovea

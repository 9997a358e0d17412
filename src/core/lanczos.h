// Both ends of the spectrum of a large symmetric operator A that is known by its products A v only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <fovea/tensor.h>

namespace fovea {

/// Choices of `lanczos`.
struct LanczosOptions {
  std::int64_t steps = 100;  ///< products at most; never more than the space has dimensions
  std::int64_t wanted = 3;   ///< pairs at each end
  double tolerance = 1e-6;  ///< of a wanted pair's residual, as a share of the largest |eigenvalue|; then it ends early
  std::uint64_t seed = 0;   ///< of the first vector
  Tensor deflated = {};     ///< orthonormal rows [m,n] that are left out of the space
  std::function<void(std::int64_t step)> watch = {};  ///< told after each product
};

/// One approximate eigenpair.
struct RitzPair {
  double value = 0;
  double residual = 0;  ///< |A y - value y|, by the recurrence
  Tensor vector;        ///< y, [n], float64, of length 1
};

/// What the steps came to.
struct Ritz {
  std::vector<RitzPair> lowest;   ///< the smallest value first
  std::vector<RitzPair> highest;  ///< the largest value first; shares no pair with `lowest`
  std::vector<double> values;     ///< all Ritz values, ascending
  double asymmetry = 0;           ///< |T - T^t| / |T| of the projected operator: 0 up to rounding when A is symmetric
  bool converged = false;         ///< whether all wanted pairs have residuals within the tolerance
};

/// Runs Lanczos in the space [n] without the deflated directions. `product` takes and returns [n], float64; what it
/// returns along the deflated directions is cut off. Throws `Error(usage)` when no dimension is left.
Ritz lanczos(const std::function<Tensor(const Tensor&)>& product, std::int64_t n, const LanczosOptions& options = {});

}  // namespace fovea

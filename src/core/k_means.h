// k-means: k groups of points about their means. Lloyd 1982; started by k-means++ (Arthur and Vassilvitskii 2007).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/tensor.h>

namespace fovea {

struct KMeans {
  Tensor centres;                    ///< [k,D], float64
  std::vector<std::int64_t> groups;  ///< of every point, 0 to k - 1
  double spread = 0;                 ///< sum of squared distances to the centres
};

/// Groups the rows of a table [N,D]: the best of several starts, until no point changes its group. Throws
/// `Error(usage)` unless 1 <= k <= N.
KMeans k_means(const Tensor& table, std::int64_t k, std::uint64_t seed);

}  // namespace fovea

// Tables of embeddings for tests: clusters of normally distributed rows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/net.h"

namespace fovea::test {

/// Returns `count` rows of `axes` numbers in `clusters` clusters, row i in cluster i % clusters; the clusters' centres
/// lie `spread` times as wide as their rows.
inline Tensor clustered_rows(std::int64_t count, std::int64_t axes, std::int64_t clusters, double spread,
                             std::uint64_t seed) {
  const Tensor centres = random_normal({clusters, axes}, seed) * spread;
  Tensor rows = random_normal({count, axes}, seed + 1);
  for (std::int64_t i = 0; i < count; ++i) rows[i] += centres[i % clusters];
  return rows;
}

}  // namespace fovea::test

// Attraction between the points of a layout along P's edges: a_i = sum_j p_ij w_ij (y_i - y_j), van der Maaten 2014,
// section 4.2, equation 8, its first sum.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "atlas/quad_tree.h"
#include "atlas/tsne_parts.h"

namespace fovea {

/// P for the inner loops: rows filled up with zeros (of the row's own column) to whole vectors.
struct Springs {
  std::vector<std::int64_t> start;  ///< [N+1]
  std::vector<std::int32_t> column;
  std::vector<float> value;
};

/// Prepares P.
Springs make_springs(const JointProbabilities& p);

/// Computes a_i for the points [begin,end) into `force`.
void attract(const Springs& springs, const PlanePoints& points, std::int64_t begin, std::int64_t end,
             PlanePoints& force);

/// Returns KL(P || Q) = sum_ij p_ij log(p_ij / (w_ij / Z)) for P of sum 1.
double divergence(const JointProbabilities& p, const PlanePoints& points, double normaliser);

}  // namespace fovea

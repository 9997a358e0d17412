// Element-wise rules in one pass over memory: a walk is bound by memory bandwidth, and libtorch would take three to
// six. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include <fovea/tensor.h>

namespace fovea {

/// Returns max(relevance, 0) where 0 < `gate` < `bound`, and 0 elsewhere. Both of one shape.
Tensor positive_where_open(const Tensor& relevance, const Tensor& gate,
                           double bound = std::numeric_limits<double>::infinity());

/// The quotient of a share-out, and whether something could not be shared out.
struct Shares {
  Tensor ratio;       ///< relevance / total where |total| > least, 0 elsewhere
  bool left = false;  ///< whether relevance other than 0 lies where |total| <= least
};

/// Divides relevance by totals of the same shape.
Shares share_out(const Tensor& relevance, const Tensor& total, double least);

}  // namespace fovea

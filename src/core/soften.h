// A smooth likeness of a network, for second derivatives: those of a piecewise linear one are zero almost everywhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/graph.h>

namespace fovea {

/// A softened network.
struct Softened {
  Graph graph;
  std::int64_t rectifiers = 0;  ///< that were replaced
  std::int64_t maxima = 0;      ///< max pools that were replaced
  std::int64_t kinks = 0;       ///< nodes that are left with kinks: absolute values, limits, maxima of several values
};

/// Returns the graph with every ReLU, ReLU6, leaky and parametric ReLU that `targets` depend on replaced by a softplus,
/// ln(1 + exp(k x)) / k with k = beta / (root mean square of that rectifier's input when the network runs on `input`):
/// it is at most ln(2) / k above the ReLU. Max pools become ln(sum exp(k x)) / k over their windows. All names stay
/// valid. For derivatives only: the graph cannot be saved, and knows no geometry.
Softened soften(const Graph& graph, double beta, const Tensor& input, const std::vector<ValueId>& targets);

}  // namespace fovea

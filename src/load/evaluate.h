// Runs single nodes at load: to fold constants, and to find out which branch an If takes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <fovea/graph.h>

namespace fovea::load {

/// Runs one node without recording gradients. What libtorch throws becomes `Error(shape)` naming the node and its
/// inputs' shapes, or `Error(resource)` when memory is short.
Outputs run_node(const Node& node, std::span<const Tensor> inputs);

/// Tells whether a node's result differs from run to run.
bool is_random(const Node& node);

/// Throws `Error(resource)` when constant inputs ask a node for a result of more than `limit` bytes.
void check_result_size(const Node& node, std::span<const Tensor> inputs, std::int64_t limit);

/// Values computed at load for trial inputs, to be extended as the graph grows.
struct Probe {
  std::vector<Tensor> values;  ///< by value id; undefined where not computed yet

  /// Computes one value and what it needs, from constants and from those already here. `parts.nodes` is sorted.
  const Tensor& evaluate(const Graph::Parts& parts, ValueId value);
};

}  // namespace fovea::load

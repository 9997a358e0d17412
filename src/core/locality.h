// How much of an op's output a part of its input can change, and how that part is computed alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/graph.h>
#include <fovea/trace.h>

namespace fovea {

/// How an op computes a part of its output from a part of its input.
enum class Locality {
  none,       ///< not at all
  pointwise,  ///< as it stands: position to position
  window,     ///< on windows: without pads, from an input that was padded with `border_of`
};

/// A node of a run: its inputs, their shapes and its outputs'.
struct NodeInRun {
  std::vector<Tensor> inputs;
  std::vector<Shape> input_shapes;
  std::vector<Shape> output_shapes;

  NodeInRun(const Trace& run, const std::vector<Shape>& shapes, const Node& node);
  Placed placed(const Node& node) const { return {node, inputs, input_shapes, output_shapes}; }
};

/// Tells whether a value has positions [N,C,H,W], more than one.
bool is_map(const Shape& shape);

/// Tells how a node computes a part, by its op alone.
Locality locality_of(const Node& node);
/// The same, and `none` where its inputs or output do not lie position to position.
Locality locality_in(const Node& node, const NodeInRun& run);

/// Returns what stands beyond the border of a windowed op's input.
double border_of(const Node& node);
/// Returns the node without pads, for an input that has them already.
Node without_pads(const Node& node);

}  // namespace fovea

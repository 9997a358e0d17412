// The graph of a network: an immutable list of nodes in topological order over numbered values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fovea/api.h>
#include <fovea/attributes.h>
#include <fovea/op.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Numbers a value of a graph.
using ValueId = std::int32_t;
/// Numbers a node of a graph.
using NodeId = std::int32_t;
/// Stands for an absent optional input or output.
inline constexpr ValueId no_value = -1;
/// Stands for the producer of a value that no node produces.
inline constexpr NodeId no_node = -1;

/// One application of an op.
struct Node {
  std::string name;  ///< as in the model file; made up from its output where the file has none
  const Op* op = nullptr;
  std::vector<ValueId> inputs;   ///< `no_value` where an optional input is absent
  std::vector<ValueId> outputs;  ///< `no_value` where an optional output is not asked for
  Attributes attributes;
  int opset = 0;  ///< version of the op set that the node was written for
};

/// One numbered value: the network's input, a constant, or a node's output.
struct Value {
  std::string name;  ///< as in the model file
  NodeId producer = no_node;
  std::vector<NodeId> consumers;  ///< in topological order, each once
  Shape declared;                 ///< shape as the file declares it, -1 where free; empty where it says nothing
};

/// Constant tensors (weights, shapes ...) by value; undefined where a value is not constant. A table beside the graph,
/// so that training, double precision or another device pass their own.
using Weights = std::vector<Tensor>;

/// A network: nodes in topological order, immutable once made.
class Graph {
 public:
  /// What a graph is made of; `nodes` need not be sorted.
  struct Parts {
    std::vector<Node> nodes;
    std::vector<Value> values;  ///< `producer` and `consumers` are filled in by the constructor
    Weights weights;            ///< one entry per value
    std::vector<ValueId> inputs;
    std::vector<ValueId> outputs;
    ValueId logits = no_value;  ///< found from the outputs when absent
  };

  /// Sorts and checks the parts; throws `Error(format)` on a cycle (naming it) or a value produced twice.
  explicit Graph(Parts parts);

  const std::vector<Node>& nodes() const { return parts_.nodes; }
  const std::vector<Value>& values() const { return parts_.values; }
  const Weights& weights() const { return parts_.weights; }
  /// Returns the values that a run must be given, constants excluded.
  const std::vector<ValueId>& inputs() const { return parts_.inputs; }
  const std::vector<ValueId>& outputs() const { return parts_.outputs; }
  /// Returns the value that holds the class scores before any softmax.
  ValueId logits() const { return parts_.logits; }
  /// Returns a copy whose logits are another value.
  Graph with_logits(ValueId logits) const;
  /// Returns a copy with other constants (another precision or device); shares the nodes' tensors otherwise.
  Graph with_weights(Weights weights) const;
  /// Returns the parts, to build another graph from.
  const Parts& parts() const { return parts_; }

  /// Finds a value by its name, or by the name of the node that produces it (its first output).
  std::optional<ValueId> find(std::string_view name) const;
  /// As `find`; throws `Error(usage)` offering the nearest names when there is none.
  ValueId at(std::string_view name) const;
  /// Returns the names of the values that nodes produce and of the inputs: what `at` accepts.
  std::vector<std::string> names() const;
  /// Tells whether the value is constant.
  bool is_constant(ValueId value) const { return parts_.weights[static_cast<std::size_t>(value)].defined(); }

 private:
  Parts parts_;
  std::unordered_map<std::string, ValueId> by_name_;
};

/// Tells whether a node is a ReLU or equals one where gradients are concerned: Relu, Clip from 0 (ReLU6), Max with 0.
bool is_rectifier(const Graph& graph, const Node& node);

/// Returns the graph with its floating-point constants in another type (at::kFloat or at::kDouble).
Graph to_type(const Graph& graph, at::ScalarType type);

}  // namespace fovea

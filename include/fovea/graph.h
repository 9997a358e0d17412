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

/// Some of a graph's values.
class ValueSet {
 public:
  /// Makes a set for a graph of `count` values that holds `values` (an absent one is passed over).
  explicit ValueSet(std::size_t count, const std::vector<ValueId>& values = {});

  /// Tells whether the set holds a value; it never holds `no_value`.
  bool has(ValueId value) const { return value != no_value && held_[value]; }
  /// Tells whether the set holds any of these values, such as a node's inputs.
  bool has_any(const std::vector<ValueId>& values) const;
  /// Adds a value; does nothing for `no_value`.
  void add(ValueId value) {
    if (value != no_value) held_[value] = true;
  }

 private:
  std::vector<bool> held_;
};

/// Which nodes a path through a graph may take.
enum class Paths {
  all,      ///< any node
  numbers,  ///< none of `Kind::constant`, which tell shapes, compare or count, and through which nothing flows back
};

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
  /// Returns one value.
  const Value& value(ValueId value) const { return parts_.values[value]; }
  /// Returns one node.
  const Node& node(NodeId node) const { return parts_.nodes[node]; }
  /// Returns a value's name; "" for `no_value`, as files write what is absent.
  const std::string& name(ValueId value) const;
  /// Returns the name that a value goes by among people: that of the node which makes it, or its own where none does.
  const std::string& node_name(ValueId value) const;
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
  bool is_constant(ValueId value) const { return parts_.weights[value].defined(); }

  /// Returns what a value is computed from, constants and the value itself included; nothing for `no_value`.
  ValueSet ancestors(ValueId value, Paths paths = Paths::all) const;
  /// As above, of several values together.
  ValueSet ancestors(const std::vector<ValueId>& values, Paths paths = Paths::all) const;
  /// Returns what is computed from a value, the value itself included; nothing for `no_value`.
  ValueSet descendants(ValueId value, Paths paths = Paths::all) const;
  /// As above, of several values together.
  ValueSet descendants(const std::vector<ValueId>& values, Paths paths = Paths::all) const;
  /// Tells whether `to` is computed from `from`, or is the same value.
  bool reaches(ValueId from, ValueId to) const { return descendants(from).has(to); }

 private:
  Parts parts_;
  std::unordered_map<std::string, ValueId> by_name_;
};

/// Tells whether a node is a ReLU or equals one where gradients are concerned: Relu, Clip from 0 (ReLU6), Max with 0.
bool is_rectifier(const Graph& graph, const Node& node);

/// Returns the graph with its floating-point constants in another type (at::kFloat or at::kDouble).
Graph to_type(const Graph& graph, at::ScalarType type);

}  // namespace fovea

// The graph: sorted, checked and indexed once, never changed after.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/graph.h>

#include <algorithm>
#include <utility>

#include <fovea/error.h>

#include "core/reach.h"

namespace fovea {
namespace {

/// Names a cycle among the nodes that could not be sorted: 'a' -> 'b' -> 'a'.
std::string describe_cycle(const Graph::Parts& parts, const std::vector<NodeId>& producers,
                           const std::vector<bool>& sorted) {
  constexpr std::size_t most_named = 8;
  const auto start = std::find(sorted.begin(), sorted.end(), false) - sorted.begin();
  std::vector<NodeId> path;
  auto node = static_cast<NodeId>(start);
  // Walking back along unsorted producers must meet itself: every unsorted node waits for another one.
  while (std::find(path.begin(), path.end(), node) == path.end()) {
    path.push_back(node);
    for (const ValueId input : parts.nodes[node].inputs) {
      const NodeId producer = input == no_value ? no_node : producers[input];
      if (producer != no_node && !sorted[producer]) {
        node = producer;
        break;
      }
    }
  }
  std::vector<NodeId> cycle(std::find(path.begin(), path.end(), node), path.end());
  std::reverse(cycle.begin(), cycle.end());
  std::string text = "'" + parts.nodes[cycle.back()].name + "'";
  for (std::size_t i = 0; i < std::min(cycle.size(), most_named); ++i) {
    text += " -> '" + parts.nodes[cycle[i]].name + "'";
  }
  return cycle.size() > most_named ? text + " ..." : text;
}

std::vector<NodeId> find_producers(const Graph::Parts& parts) {
  std::vector<NodeId> producers(parts.values.size(), no_node);
  for (std::size_t n = 0; n < parts.nodes.size(); ++n) {
    for (const ValueId output : parts.nodes[n].outputs) {
      if (output == no_value) continue;
      if (producers[output] != no_node || parts.weights[output].defined()) {
        throw Error(ErrorKind::format, "value '" + parts.values[output].name +
                                           "' is produced twice, the second "
                                           "time by node '" +
                                           parts.nodes[n].name + "'");
      }
      producers[output] = static_cast<NodeId>(n);
    }
  }
  return producers;
}

/// Returns the nodes' order (Kahn 1962), stable: a file that is sorted keeps its order.
std::vector<NodeId> topological_order(const Graph::Parts& parts, const std::vector<NodeId>& producers) {
  std::vector<int> waiting(parts.nodes.size(), 0);
  std::vector<std::vector<NodeId>> dependents(parts.nodes.size());
  for (std::size_t n = 0; n < parts.nodes.size(); ++n) {
    for (const ValueId input : parts.nodes[n].inputs) {
      const NodeId producer = input == no_value ? no_node : producers[input];
      if (producer == no_node) continue;
      dependents[producer].push_back(static_cast<NodeId>(n));
      ++waiting[n];
    }
  }
  std::vector<NodeId> heap;  // smallest file position first
  for (std::size_t n = 0; n < parts.nodes.size(); ++n) {
    if (waiting[n] == 0) heap.push_back(static_cast<NodeId>(n));
  }
  std::make_heap(heap.begin(), heap.end(), std::greater<>());
  std::vector<NodeId> order;
  std::vector<bool> sorted(parts.nodes.size(), false);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    const NodeId node = heap.back();
    heap.pop_back();
    order.push_back(node);
    sorted[node] = true;
    for (const NodeId dependent : dependents[node]) {
      if (--waiting[dependent] > 0) continue;
      heap.push_back(dependent);
      std::push_heap(heap.begin(), heap.end(), std::greater<>());
    }
  }
  if (order.size() != parts.nodes.size()) {
    throw Error(ErrorKind::format, "the graph has a cycle: " + describe_cycle(parts, producers, sorted),
                "a feed-forward network has none; was the file edited by hand?");
  }
  return order;
}

void check_ids(const Graph::Parts& parts) {
  const auto known = [&](ValueId value) { return value >= 0 && std::cmp_less(value, parts.values.size()); };
  for (const Node& node : parts.nodes) {
    for (const auto* list : {&node.inputs, &node.outputs}) {
      for (const ValueId value : *list) {
        if (value != no_value && !known(value)) {
          throw Error(ErrorKind::internal, "node '" + node.name + "' refers to value " + std::to_string(value) +
                                               " of " + std::to_string(parts.values.size()));
        }
      }
    }
    if (node.op == nullptr) throw Error(ErrorKind::internal, "node '" + node.name + "' has no op");
  }
  if (parts.weights.size() != parts.values.size()) {
    throw Error(ErrorKind::internal, "a graph of " + std::to_string(parts.values.size()) + " values was given " +
                                         std::to_string(parts.weights.size()) + " weights");
  }
}

bool is_on(Paths paths, const Node& node) { return paths == Paths::all || node.op->kind != Kind::constant; }

}  // namespace

ValueSet::ValueSet(std::size_t count, const std::vector<ValueId>& values) : held_(count, false) {
  for (const ValueId value : values) add(value);
}

bool ValueSet::has_any(const std::vector<ValueId>& values) const {
  return std::any_of(values.begin(), values.end(), [&](ValueId value) { return has(value); });
}

Graph::Graph(Parts parts) : parts_(std::move(parts)) {
  check_ids(parts_);
  const std::vector<NodeId> order = topological_order(parts_, find_producers(parts_));
  std::vector<Node> sorted;
  sorted.reserve(order.size());
  for (const NodeId node : order) sorted.push_back(std::move(parts_.nodes[node]));
  parts_.nodes = std::move(sorted);

  for (Value& value : parts_.values) {
    value.producer = no_node;
    value.consumers.clear();
  }
  for (std::size_t n = 0; n < parts_.nodes.size(); ++n) {
    const auto node = static_cast<NodeId>(n);
    for (const ValueId output : parts_.nodes[n].outputs) {
      if (output != no_value) parts_.values[output].producer = node;
    }
    for (const ValueId input : parts_.nodes[n].inputs) {
      if (input == no_value) continue;
      std::vector<NodeId>& consumers = parts_.values[input].consumers;
      if (consumers.empty() || consumers.back() != node) consumers.push_back(node);
    }
  }
  if (parts_.logits == no_value && !parts_.outputs.empty()) parts_.logits = parts_.outputs.front();
  for (std::size_t v = 0; v < parts_.values.size(); ++v) {
    by_name_.emplace(parts_.values[v].name, static_cast<ValueId>(v));
  }
  for (const Node& node : parts_.nodes) {  // a value's name wins over a node's
    if (!node.outputs.empty()) by_name_.emplace(node.name, node.outputs.front());
  }
}

Graph Graph::with_logits(ValueId logits) const {
  Graph copy = *this;
  copy.parts_.logits = logits;
  return copy;
}

Graph Graph::with_weights(Weights weights) const {
  Graph copy = *this;
  copy.parts_.weights = std::move(weights);
  check_ids(copy.parts_);
  return copy;
}

std::optional<ValueId> Graph::find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

ValueId Graph::at(std::string_view name) const {
  if (const auto value = find(name); value && !is_constant(*value)) return *value;
  const std::vector<std::string> known = names();
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "`fovea inspect MODEL` lists the names";
  throw Error(ErrorKind::usage,
              "the network has no node or value '" + std::string(name) + "' (it has " + std::to_string(nodes().size()) +
                  " nodes)",
              hint);
}

const std::string& Graph::name(ValueId value) const {
  static const std::string absent;
  return value == no_value ? absent : this->value(value).name;
}

const std::string& Graph::node_name(ValueId value) const {
  const NodeId producer = this->value(value).producer;
  return producer == no_node ? name(value) : node(producer).name;
}

std::vector<std::string> Graph::names() const {
  std::vector<std::string> names;
  for (const ValueId input : inputs()) names.push_back(name(input));
  for (const Node& node : nodes()) {
    for (const ValueId output : node.outputs) {
      if (output != no_value) names.push_back(name(output));
    }
    const bool told = !node.outputs.empty() && node.outputs.front() != no_value;
    if (!told || node.name != name(node.outputs.front())) names.push_back(node.name);
  }
  return names;
}

ValueSet Graph::ancestors(ValueId value, Paths paths) const { return ancestors(std::vector{value}, paths); }

ValueSet Graph::ancestors(const std::vector<ValueId>& values, Paths paths) const {
  ValueSet found(parts_.values.size(), values);
  add_ancestors(parts_.nodes, found, [&](const Node& node) { return is_on(paths, node); });
  return found;
}

ValueSet Graph::descendants(ValueId value, Paths paths) const { return descendants(std::vector{value}, paths); }

ValueSet Graph::descendants(const std::vector<ValueId>& values, Paths paths) const {
  ValueSet found(parts_.values.size(), values);
  for (const Node& node : parts_.nodes) {
    if (!found.has_any(node.inputs) || !is_on(paths, node)) continue;
    for (const ValueId output : node.outputs) found.add(output);
  }
  return found;
}

namespace {

/// Tells whether a constant input is the single number 0.
bool is_zero(const Graph& graph, ValueId value) {
  if (value == no_value || !graph.is_constant(value)) return false;
  const Tensor& tensor = graph.weights()[value];
  return tensor.numel() > 0 && tensor.is_floating_point() && tensor.eq(0).all().item<bool>();
}

bool clips_from_zero(const Graph& graph, const Node& node) {
  if (node.attributes.has("min")) return node.attributes.number("min", 1) == 0;
  return node.inputs.size() > 1 && is_zero(graph, node.inputs[1]);
}

}  // namespace

bool is_rectifier(const Graph& graph, const Node& node) {
  if (node.op->kind == Kind::rectifier) return true;
  if (node.op->onnx == "Clip") return clips_from_zero(graph, node);
  if (node.op->onnx == "Max" && node.inputs.size() == 2) {
    return is_zero(graph, node.inputs[0]) != is_zero(graph, node.inputs[1]);
  }
  return false;
}

Graph to_type(const Graph& graph, at::ScalarType type) {
  Weights weights = graph.weights();
  for (Tensor& weight : weights) {
    if (weight.defined() && weight.is_floating_point()) weight = weight.to(type);
  }
  return graph.with_weights(std::move(weights));
}

}  // namespace fovea

// Turns a file's graph into the engine's: ops looked up, constants folded, branches of If taken, dead nodes dropped.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>

#include <fovea/error.h>

#include "core/reach.h"
#include "load/branch.h"
#include "load/evaluate.h"
#include "load/file_graph.h"
#include "load/logits.h"
#include "load/wiring.h"

namespace fovea::load {
namespace {

/// Most bytes that folding may make out of one file.
constexpr std::int64_t folded_limit = std::int64_t{4} << 30;

/// The values that a graph's names stand for; names not found here are looked up outside.
struct Scope {
  const Scope* outer = nullptr;
  std::string prefix;  ///< of inner names that clash with outer ones
  std::unordered_map<std::string, ValueId> values;
  std::unordered_map<std::string, std::string> names;  ///< a branch's outputs are called what the If's are

  ValueId find(const std::string& name) const {
    if (name.empty()) return no_value;
    if (const auto found = values.find(name); found != values.end()) return found->second;
    if (outer == nullptr) throw Error(ErrorKind::internal, "value '" + name + "' is not produced");
    return outer->find(name);
  }
};

/// A graph under construction.
struct Builder {
  const FileGraph& file;
  Graph::Parts parts = {};
  std::unordered_set<std::string> value_names = {};
  std::unordered_set<std::string> node_names = {};
  std::int64_t folded_bytes = 0;
  Trials trials = {};
};

void add_graph(Builder& builder, const FileGraph& graph, Scope& scope);

bool is_own_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

/// Tells whether the builder itself deals with a node, so that no op is needed.
bool is_structural(const FileNode& node) {
  return is_own_domain(node.domain) && (node.op_type == "If" || node.op_type == "Constant");
}

/// Nodes of one unknown op.
struct Unknown {
  std::size_t count = 0;
  std::string first;
};

void find_unknown(const FileGraph& graph, std::map<std::string, Unknown>& unknown) {
  for (const FileNode& node : graph.nodes) {
    for (const auto& [attribute, subgraph] : node.subgraphs) find_unknown(*subgraph, unknown);
    const bool own = is_own_domain(node.domain);
    if (is_structural(node) || (own && find_onnx_op(node.op_type) != nullptr)) continue;
    Unknown& entry = unknown[own ? node.op_type : node.domain + "." + node.op_type];
    if (entry.count++ == 0) entry.first = name_of(node);
  }
}

/// Throws one error that names every op without a descriptor, so that a user need not find them one by one.
void check_ops(const FileGraph& file) {
  std::map<std::string, Unknown> unknown;
  find_unknown(file, unknown);
  if (unknown.empty()) return;
  std::string list;
  for (const auto& [op, nodes] : unknown) {
    const std::string count = nodes.count == 1 ? "1 node" : std::to_string(nodes.count) + " nodes, first";
    list += (list.empty() ? "" : ", ") + op + " (" + count + " '" + nodes.first + "')";
  }
  const std::string count = unknown.size() == 1 ? "1 op is" : std::to_string(unknown.size()) + " ops are";
  throw Error(ErrorKind::unsupported, count + " not known: " + list,
              "export the model with ONNX's standard ops only, for inference");
}

/// Returns what a value is called in the graph. The file's own names were all reserved before; those of branches get
/// the If's name in front when they clash.
std::string unique_name(std::unordered_set<std::string>& taken, const std::string& prefix, const std::string& name) {
  std::string unique = name;
  while (!taken.insert(unique).second) unique = prefix + "/" + unique;
  return unique;
}

std::string value_name(Builder& builder, const Scope& scope, const std::string& name) {
  if (scope.outer == nullptr) return name;
  const auto renamed = scope.names.find(name);
  return renamed != scope.names.end() ? renamed->second : unique_name(builder.value_names, scope.prefix, name);
}

/// Adds a value under the name that its scope has for it.
ValueId add_value(Builder& builder, Scope& scope, const std::string& name, Tensor constant = {}) {
  if (name.empty()) return no_value;
  const auto id = static_cast<ValueId>(builder.parts.values.size());
  Value value;
  value.name = value_name(builder, scope, name);
  builder.parts.values.push_back(std::move(value));
  builder.parts.weights.push_back(std::move(constant));
  scope.values[name] = id;
  return id;
}

/// Constants of 16 bits are computed with in 32: no CPU kernel of libtorch is the better for them.
Tensor widened(const Tensor& tensor) {
  const bool narrow = tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16;
  return narrow ? tensor.to(at::kFloat) : tensor;
}

/// Returns the tensor of a Constant node, whichever attribute holds it (ONNX operator spec, Constant-13).
Tensor constant_of(const FileNode& node) {
  const Attributes& attributes = node.attributes;
  if (attributes.has("value")) return attributes.tensor("value");
  if (attributes.has("value_float")) {
    return at::scalar_tensor(attributes.number("value_float", 0), at::TensorOptions().dtype(at::kFloat));
  }
  if (attributes.has("value_int")) {
    return at::scalar_tensor(attributes.integer("value_int", 0), at::TensorOptions().dtype(at::kLong));
  }
  if (attributes.has("value_floats")) {
    const std::vector<double> numbers = attributes.numbers("value_floats");
    return at::tensor(at::ArrayRef<double>(numbers), at::TensorOptions().dtype(at::kFloat));
  }
  if (attributes.has("value_ints")) {
    const std::vector<std::int64_t> numbers = attributes.integers("value_ints");
    return at::tensor(at::ArrayRef<std::int64_t>(numbers), at::TensorOptions().dtype(at::kLong));
  }
  throw Error(ErrorKind::unsupported, describe(node) + " holds neither a tensor nor numbers");
}

Node make_node(Builder& builder, const Scope& scope, const FileNode& file_node) {
  Node node;
  node.name = name_of(file_node);
  node.op = find_onnx_op(file_node.op_type);
  for (const std::string& input : file_node.inputs) node.inputs.push_back(scope.find(input));
  node.attributes = file_node.attributes;
  for (const char* domain : {"", "ai.onnx"}) {
    if (const auto found = builder.file.opsets.find(domain); found != builder.file.opsets.end()) {
      node.opset = found->second;
    }
  }
  return node;
}

/// Tells whether a node can be computed at load.
bool is_foldable(const Builder& builder, const Node& node) {
  return !is_random(node) && std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) {
    return input == no_value || builder.parts.weights[input].defined();
  });
}

/// Computes a node of constants; its outputs become constants too.
void fold(Builder& builder, Scope& scope, const Node& node, const FileNode& file_node) {
  std::vector<Tensor> inputs;
  for (const ValueId input : node.inputs) {
    inputs.push_back(input == no_value ? Tensor() : builder.parts.weights[input]);
  }
  check_result_size(node, inputs, folded_limit);
  const Outputs outputs = run_node(node, inputs);
  for (std::size_t i = 0; i < file_node.outputs.size(); ++i) {
    if (file_node.outputs[i].empty()) continue;
    if (i >= outputs.size() || !outputs[i].defined()) {
      throw Error(ErrorKind::unsupported, describe(file_node) + " does not compute its output " + std::to_string(i));
    }
    builder.folded_bytes += static_cast<std::int64_t>(outputs[i].numel() * outputs[i].element_size());
    add_value(builder, scope, file_node.outputs[i], widened(outputs[i]).contiguous());
  }
  if (builder.folded_bytes > folded_limit) {
    throw Error(ErrorKind::resource, "constants computed at load exceed 4 GiB at " + describe(file_node));
  }
}

const FileGraph& branch_of(const FileNode& node, bool taken) {
  const auto branch = node.subgraphs.find(taken ? "then_branch" : "else_branch");
  if (branch == node.subgraphs.end() || node.inputs.size() != 1 || node.inputs.front().empty()) {
    throw Error(ErrorKind::format, describe(node) + " lacks a branch or its condition");
  }
  if (branch->second->outputs.size() != node.outputs.size() || !branch->second->inputs.empty()) {
    throw Error(ErrorKind::format, describe(node) + " has " + std::to_string(node.outputs.size()) +
                                       " outputs, its branch " + std::to_string(branch->second->outputs.size()) +
                                       " and " + std::to_string(branch->second->inputs.size()) + " inputs");
  }
  return *branch->second;
}

/// Returns the names of the values that a graph has itself.
std::unordered_set<std::string> own_names(const FileGraph& graph) {
  std::unordered_set<std::string> names;
  for (const FileValue& input : graph.inputs) names.insert(input.name);
  for (const auto& [name, tensor] : graph.initializers) names.insert(name);
  for (const FileNode& node : graph.nodes) names.insert(node.outputs.begin(), node.outputs.end());
  return names;
}

/// Puts the branch that an If takes in its place; its outputs get the If's names.
void inline_if(Builder& builder, Scope& scope, const FileNode& node) {
  branch_of(node, true);
  branch_of(node, false);
  const ValueId condition = scope.find(node.inputs.front());
  const FileGraph& branch = branch_of(node, decide(builder.parts, condition, name_of(node), builder.trials));
  const std::unordered_set<std::string> own = own_names(branch);
  Scope inner{&scope, name_of(node), {}, {}};
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const std::string& name = branch.outputs[i].name;
    if (node.outputs[i].empty() || !own.contains(name) || inner.names.contains(name)) continue;
    inner.names[name] = value_name(builder, scope, node.outputs[i]);
  }
  add_graph(builder, branch, inner);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (!node.outputs[i].empty()) scope.values[node.outputs[i]] = inner.find(branch.outputs[i].name);
  }
}

void add_node(Builder& builder, Scope& scope, const FileNode& file_node) {
  if (is_structural(file_node) && file_node.op_type == "If") return inline_if(builder, scope, file_node);
  if (is_structural(file_node)) {
    if (file_node.outputs.size() != 1) throw Error(ErrorKind::format, describe(file_node) + " has not one output");
    add_value(builder, scope, file_node.outputs.front(), widened(constant_of(file_node)));
    return;
  }
  Node node = make_node(builder, scope, file_node);
  if (is_foldable(builder, node)) return fold(builder, scope, node, file_node);
  for (const std::string& output : file_node.outputs) node.outputs.push_back(add_value(builder, scope, output));
  if (scope.outer != nullptr) node.name = unique_name(builder.node_names, scope.prefix, node.name);
  builder.parts.nodes.push_back(std::move(node));
}

/// Adds a graph's constants and nodes, in topological order.
void add_graph(Builder& builder, const FileGraph& graph, Scope& scope) {
  for (const auto& [name, tensor] : graph.initializers) add_value(builder, scope, name, widened(tensor));
  for (const std::size_t n : order_nodes(graph).nodes) add_node(builder, scope, graph.nodes[n]);
}

/// Returns the values that the outputs are computed from, with those that come together with them.
ValueSet find_alive(const Graph::Parts& parts) {
  ValueSet alive(parts.values.size(), parts.outputs);
  add_ancestors(parts.nodes, alive, [](const Node&) { return true; });
  add_siblings(parts.nodes, alive);
  // A run need not be given an input that nothing uses; a network without any input, though, is none.
  if (!alive.has_any(parts.inputs)) {
    for (const ValueId input : parts.inputs) alive.add(input);
  }
  return alive;
}

/// Drops what leads to no output, and numbers the rest anew.
Graph::Parts without_dead(Graph::Parts parts) {
  const ValueSet alive = find_alive(parts);
  Graph::Parts kept;
  std::vector<ValueId> renumbered(parts.values.size(), no_value);
  for (std::size_t v = 0; v < parts.values.size(); ++v) {
    if (!alive.has(static_cast<ValueId>(v))) continue;
    renumbered[v] = static_cast<ValueId>(kept.values.size());
    kept.values.push_back(std::move(parts.values[v]));
    kept.weights.push_back(std::move(parts.weights[v]));
  }
  const auto renumber = [&](std::vector<ValueId> ids) {
    for (ValueId& id : ids) id = id == no_value ? no_value : renumbered[id];
    return ids;
  };
  for (Node& node : parts.nodes) {
    if (!alive.has_any(node.outputs)) continue;
    node.inputs = renumber(std::move(node.inputs));
    node.outputs = renumber(std::move(node.outputs));
    kept.nodes.push_back(std::move(node));
  }
  kept.inputs = renumber(parts.inputs);
  std::erase(kept.inputs, no_value);
  kept.outputs = renumber(parts.outputs);
  return kept;
}

}  // namespace

Graph build_graph(const FileGraph& file) {
  check_wiring(file);
  check_ops(file);
  Builder builder{.file = file};
  builder.value_names = own_names(file);
  for (const FileNode& node : file.nodes) builder.node_names.insert(name_of(node));
  Scope scope;
  for (const FileValue& input : file.inputs) {
    const ValueId id = add_value(builder, scope, input.name);
    builder.parts.values[id].declared = input.shape;
    builder.parts.inputs.push_back(id);
  }
  add_graph(builder, file, scope);
  for (const FileValue& output : file.outputs) {
    const ValueId id = scope.find(output.name);
    if (builder.parts.values[id].declared.empty()) builder.parts.values[id].declared = output.shape;
    builder.parts.outputs.push_back(id);
  }
  Graph::Parts parts = without_dead(std::move(builder.parts));
  parts.logits = find_logits(parts);
  return Graph(std::move(parts));
}

}  // namespace fovea::load

// Writes models as ONNX files: the graph's nodes, names and constants as they are, the card in the metadata. Format:
// onnx.proto of ONNX 1.12, IR version 8.
// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

#include <onnx/onnx_pb.h>

#include <fovea/error.h>
#include <fovea/save.h>
#include <fovea/version.h>

#include "core/atomic_file.h"
#include "load/card.h"
#include "load/logits.h"
#include "save/onnx_opset.h"
#include "save/onnx_tensor.h"
#include "save/onnx_values.h"

namespace fovea {
namespace {

constexpr int ir_version = 8;                                             ///< of ONNX 1.12
constexpr std::size_t largest_message = std::numeric_limits<int>::max();  ///< protobuf's own limit
/// Constants up to this size are there when shapes are inferred: shapes, axes, pads.
constexpr std::size_t small_bytes = 1024;

/// Tells by value whether it belongs into the file: constants that nothing reads do not.
std::vector<bool> used_values(const Graph& graph) {
  std::vector<bool> used(graph.values().size(), false);
  const auto use = [&](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (id != no_value) used[id] = true;
    }
  };
  use(graph.inputs());
  use(graph.outputs());
  for (const Node& node : graph.nodes()) {
    use(node.inputs);
    use(node.outputs);
  }
  return used;
}

/// ONNX tells values apart by name alone.
void check_names(const Graph& graph, const std::vector<bool>& used) {
  std::unordered_set<std::string_view> names;
  for (std::size_t v = 0; v < used.size(); ++v) {
    const std::string& name = graph.values()[v].name;
    if (!used[v]) continue;
    if (name.empty()) throw Error(ErrorKind::format, "value " + std::to_string(v) + " of the graph has no name");
    if (!names.insert(name).second) throw Error(ErrorKind::format, "two values of the graph are called '" + name + "'");
  }
}

/// Throws one error that names every op without an ONNX name.
void check_ops(const Graph& graph) {
  std::map<std::string_view, std::string> nodes;
  for (const Node& node : graph.nodes()) {
    if (!node.op->onnx.empty()) continue;
    std::string& list = nodes[node.op->name];
    list += (list.empty() ? "'" : ", '") + node.name + "'";
  }
  if (nodes.empty()) return;
  std::string text;
  for (const auto& [op, names] : nodes) text += (text.empty() ? "" : "; ") + std::string(op) + " (" + names + ")";
  throw Error(ErrorKind::unsupported, "these ops have no counterpart in ONNX: " + text);
}

/// Writes one attribute's value into a message that has its name; the types are those that the reader knows.
struct AttributeWriter {
  onnx::AttributeProto& message;
  const std::string& owner;

  void operator()(std::int64_t value) const {
    message.set_type(onnx::AttributeProto::INT);
    message.set_i(value);
  }
  void operator()(double value) const {
    message.set_type(onnx::AttributeProto::FLOAT);
    message.set_f(static_cast<float>(value));
  }
  void operator()(const std::string& value) const {
    message.set_type(onnx::AttributeProto::STRING);
    message.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    message.set_type(onnx::AttributeProto::INTS);
    message.mutable_ints()->Add(values.begin(), values.end());
  }
  void operator()(const std::vector<double>& values) const {
    message.set_type(onnx::AttributeProto::FLOATS);
    for (const double value : values) message.add_floats(static_cast<float>(value));
  }
  void operator()(const std::vector<std::string>& values) const {
    message.set_type(onnx::AttributeProto::STRINGS);
    for (const std::string& value : values) message.add_strings(value);
  }
  void operator()(const Tensor& value) const {
    message.set_type(onnx::AttributeProto::TENSOR);
    save::write_type(value, owner, *message.mutable_t());
    save::write_data(value, *message.mutable_t());
  }
};

void add_node(const Graph& graph, const Node& node, onnx::GraphProto& message) {
  onnx::NodeProto& written = *message.add_node();
  written.set_name(node.name);
  written.set_op_type(std::string(node.op->onnx));
  for (const ValueId input : node.inputs) written.add_input(graph.name(input));
  for (const ValueId output : node.outputs) written.add_output(graph.name(output));
  for (const auto& [name, value] : node.attributes.all()) {
    onnx::AttributeProto& attribute = *written.add_attribute();
    attribute.set_name(name);
    const std::string owner = "node '" + node.name + "': attribute '" + name + "'";
    std::visit(AttributeWriter{attribute, owner}, value);
  }
}

/// Returns the constants to write, by name: models that are equal give files that are.
std::map<std::string, Tensor> constants_of(const Graph& graph, const std::vector<bool>& used) {
  std::map<std::string, Tensor> constants;
  for (std::size_t v = 0; v < used.size(); ++v) {
    if (used[v] && graph.weights()[v].defined()) constants[graph.values()[v].name] = graph.weights()[v];
  }
  return constants;
}

bool is_small(const Tensor& tensor) { return tensor.nbytes() <= small_bytes; }

/// Adds constants; the data of the large ones is left for `add_large_data`, so that a copy of the model costs nothing.
void add_constants(const std::map<std::string, Tensor>& constants, onnx::GraphProto& message) {
  for (const auto& [name, tensor] : constants) {
    onnx::TensorProto& written = *message.add_initializer();
    written.set_name(name);
    save::write_type(tensor, "constant '" + name + "'", written);
    if (is_small(tensor)) save::write_data(tensor, written);
  }
}

/// Throws where the data would not fit; protobuf would, at the end, just say no.
void add_large_data(const std::map<std::string, Tensor>& constants, onnx::GraphProto& message) {
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : constants) bytes += tensor.nbytes();
  if (bytes > largest_message) {
    throw Error(ErrorKind::resource,
                "the model's constants have " + std::to_string(bytes) + " bytes; ONNX files stay below 2 GiB");
  }
  int i = 0;
  for (const auto& [name, tensor] : constants) {
    onnx::TensorProto& written = *message.mutable_initializer(i++);
    if (!is_small(tensor)) save::write_data(tensor, written);
  }
}

void add_metadata(onnx::ModelProto& message, const char* key, const std::string& value) {
  onnx::StringStringEntryProto& entry = *message.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

/// Adds the card, which must be one that the reader takes.
void add_card(const Model& model, onnx::ModelProto& message) {
  const std::string json = card_to_json(model.card);
  if (json == card_to_json({})) return;
  const std::vector<ValueId>& inputs = model.graph.inputs();
  card_from_metadata({{card_metadata_key, json}},
                     inputs.empty() ? Shape{} : model.graph.value(inputs.front()).declared);
  add_metadata(message, card_metadata_key, json);
}

/// Names the logits where the reader would not find them by itself, or others might not.
void add_logits(const Graph& graph, onnx::ModelProto& message) {
  if (graph.logits() == no_value) return;
  const bool first = !graph.outputs().empty() && graph.logits() == graph.outputs().front();
  const bool found = first && graph.logits() == load::find_logits(graph.parts());
  if (!found) add_metadata(message, logits_metadata_key, graph.name(graph.logits()));
}

std::vector<std::byte> bytes_of(const onnx::ModelProto& message) {
  const std::size_t size = message.ByteSizeLong();
  if (size > largest_message) {
    throw Error(ErrorKind::resource,
                "the model would have " + std::to_string(size) + " bytes; ONNX files stay below 2 GiB");
  }
  std::vector<std::byte> bytes(size);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data()));
  return bytes;
}

}  // namespace

std::vector<std::byte> to_onnx(const Model& model) {
  const Graph& graph = model.graph;
  const std::vector<bool> used = used_values(graph);
  check_ops(graph);
  check_names(graph, used);
  onnx::ModelProto message;
  message.set_ir_version(ir_version);
  message.set_producer_name("fovea");
  message.set_producer_version(std::string(version()));
  onnx::OperatorSetIdProto& opset = *message.add_opset_import();
  opset.set_domain("");
  opset.set_version(save::common_opset(graph));
  onnx::GraphProto& written = *message.mutable_graph();
  written.set_name(model.card.name.empty() ? "network" : model.card.name);
  for (const Node& node : graph.nodes()) add_node(graph, node, written);
  const std::map<std::string, Tensor> constants = constants_of(graph, used);
  save::declare_inputs(graph, written);
  add_constants(constants, written);
  save::declare_outputs(graph, message);
  add_large_data(constants, written);
  add_card(model, message);
  add_logits(graph, message);
  return bytes_of(message);
}

void save_onnx(const Model& model, const std::filesystem::path& path) { write_whole(path, to_onnx(model)); }

}  // namespace fovea

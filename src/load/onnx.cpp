// Reads ONNX files: protobuf to a neutral graph, everything checked before memory is asked for. Format: onnx.proto.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <onnx/onnx_pb.h>

#include <fovea/error.h>

#include "load/file_graph.h"
#include "load/onnx_check.h"
#include "load/onnx_functions.h"
#include "load/onnx_tensor.h"
#include "load/wiring.h"

namespace fovea::load {
namespace {

constexpr std::uintmax_t largest_message = std::numeric_limits<int>::max();  ///< protobuf's own limit

constexpr std::string_view default_domain = "ai.onnx";  ///< the long name of the domain ""

/// Attributes that no op has a meaning for below 1 (and that code downstream divides by).
constexpr std::array<std::string_view, 6> positive_attributes{"strides", "dilations", "kernel_shape",
                                                              "group",   "blocksize", "num_groups"};

Attribute read_attribute(TensorReader& reader, onnx::AttributeProto& attribute, const std::string& owner) {
  switch (attribute.type()) {
    case onnx::AttributeProto::FLOAT: return static_cast<double>(attribute.f());
    case onnx::AttributeProto::INT: return std::int64_t{attribute.i()};
    case onnx::AttributeProto::STRING: return attribute.s();
    case onnx::AttributeProto::TENSOR: return take_tensor(reader, *attribute.mutable_t(), owner + ": tensor");
    case onnx::AttributeProto::FLOATS: return std::vector<double>(attribute.floats().begin(), attribute.floats().end());
    case onnx::AttributeProto::INTS: return std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end());
    case onnx::AttributeProto::STRINGS:
      return std::vector<std::string>(attribute.strings().begin(), attribute.strings().end());
    case onnx::AttributeProto::UNDEFINED: throw Error(ErrorKind::format, owner + " has no type");
    default:
      throw Error(ErrorKind::unsupported,
                  owner + " is of type " + onnx::AttributeProto::AttributeType_Name(attribute.type()));
  }
}

void check_positive(const onnx::AttributeProto& attribute, const std::string& owner) {
  const auto& names = positive_attributes;
  if (std::find(names.begin(), names.end(), attribute.name()) == names.end()) return;
  const bool list = attribute.type() == onnx::AttributeProto::INTS;
  const bool wrong = list ? std::any_of(attribute.ints().begin(), attribute.ints().end(), [](auto i) { return i < 1; })
                          : attribute.i() < 1;
  if (wrong) throw Error(ErrorKind::format, owner + " must be at least 1");
}

FileGraph read_graph(TensorReader& reader, onnx::GraphProto& message);

FileNode read_node(TensorReader& reader, onnx::NodeProto& message) {
  FileNode node;
  node.name = message.name();
  node.op_type = message.op_type();
  node.domain = message.domain();
  node.inputs.assign(message.input().begin(), message.input().end());
  node.outputs.assign(message.output().begin(), message.output().end());
  std::map<std::string, Attribute, std::less<>> attributes;
  for (onnx::AttributeProto& attribute : *message.mutable_attribute()) {
    const std::string& name = attribute.name();
    const std::string owner = describe(node) + ": attribute '" + name + "'";
    if (attributes.contains(name) || node.subgraphs.contains(name)) {
      throw Error(ErrorKind::format, owner + " is given twice");
    }
    if (!attribute.ref_attr_name().empty()) throw Error(ErrorKind::format, owner + " refers to a function's attribute");
    check_positive(attribute, owner);
    if (attribute.type() == onnx::AttributeProto::GRAPH) {
      node.subgraphs[name] = std::make_shared<const FileGraph>(read_graph(reader, *attribute.mutable_g()));
    } else {
      attributes.emplace(name, read_attribute(reader, attribute, owner));
    }
  }
  node.attributes = Attributes(std::move(attributes));
  return node;
}

FileValue read_value(const onnx::ValueInfoProto& message) {
  const onnx::TypeProto& type = message.type();
  if (type.value_case() != onnx::TypeProto::kTensorType && type.value_case() != onnx::TypeProto::VALUE_NOT_SET) {
    throw Error(ErrorKind::unsupported, "value '" + message.name() + "' is not a tensor",
                "sequences, maps, optional and sparse values are not read");
  }
  FileValue value{message.name(), {}};
  for (const auto& dim : type.tensor_type().shape().dim()) {
    value.shape.push_back(dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value() : -1);
  }
  return value;
}

/// Puts a graph's nodes in topological order, here and in the message: libonnx's checker wants them so. A graph with a
/// cycle is left alone, for `check_wiring` to name it.
void sort_nodes(FileGraph& graph, onnx::GraphProto& message) {
  const NodeOrder order = order_nodes(graph);
  if (!order.cycle.empty() || std::is_sorted(order.nodes.begin(), order.nodes.end())) return;
  std::vector<FileNode> nodes;
  google::protobuf::RepeatedPtrField<onnx::NodeProto> messages;
  for (const std::size_t n : order.nodes) {
    nodes.push_back(std::move(graph.nodes[n]));
    *messages.Add() = std::move(*message.mutable_node(static_cast<int>(n)));
  }
  graph.nodes = std::move(nodes);
  message.mutable_node()->Swap(&messages);
}

FileGraph read_graph(TensorReader& reader, onnx::GraphProto& message) {
  if (message.sparse_initializer_size() > 0) {
    throw Error(ErrorKind::unsupported, "graph '" + message.name() + "' has sparse initializers");
  }
  FileGraph graph;
  graph.name = message.name();
  for (onnx::TensorProto& tensor : *message.mutable_initializer()) {
    const std::string name = tensor.name();
    if (graph.initializers.contains(name)) {
      throw Error(ErrorKind::format, "initializer '" + name + "' is given twice");
    }
    graph.initializers[name] = take_tensor(reader, tensor, "initializer");
  }
  for (onnx::NodeProto& node : *message.mutable_node()) graph.nodes.push_back(read_node(reader, node));
  for (const onnx::ValueInfoProto& input : message.input()) {
    if (!graph.initializers.contains(input.name())) graph.inputs.push_back(read_value(input));
  }
  for (const onnx::ValueInfoProto& output : message.output()) graph.outputs.push_back(read_value(output));
  sort_nodes(graph, message);
  return graph;
}

std::map<std::string, std::string> read_metadata(const onnx::ModelProto& model) {
  std::map<std::string, std::string> metadata;
  for (const onnx::StringStringEntryProto& entry : model.metadata_props()) metadata[entry.key()] = entry.value();
  std::string producer = model.producer_name();
  if (!model.producer_version().empty()) producer += (producer.empty() ? "" : " ") + model.producer_version();
  const std::array<std::pair<const char*, std::string>, 5> own{{
      {"producer", producer},
      {"ir_version", std::to_string(model.ir_version())},
      {"domain", model.domain()},
      {"model_version", model.model_version() != 0 ? std::to_string(model.model_version()) : ""},
      {"doc_string", model.doc_string()},
  }};
  for (const auto& [key, value] : own) {
    if (!value.empty()) metadata.emplace(key, value);
  }
  return metadata;
}

/// Spells ONNX's own domain the short way throughout.
void shorten_domains(google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes) {
  for (onnx::NodeProto& node : nodes) {
    if (node.domain() == default_domain) node.clear_domain();
    for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) shorten_domains(*attribute.mutable_g()->mutable_node());
    }
  }
}

template <class Message>
void shorten_opsets(Message& message) {
  for (onnx::OperatorSetIdProto& opset : *message.mutable_opset_import()) {
    if (opset.domain() == default_domain) opset.clear_domain();
  }
}

void shorten_domains(onnx::ModelProto& model) {
  shorten_opsets(model);
  shorten_domains(*model.mutable_graph()->mutable_node());
  for (onnx::FunctionProto& function : *model.mutable_functions()) {
    shorten_opsets(function);
    shorten_domains(*function.mutable_node());
  }
}

std::map<std::string, int> read_opsets(const onnx::ModelProto& model) {
  constexpr int first_ir_with_opsets = 3;
  std::map<std::string, int> opsets;
  for (const onnx::OperatorSetIdProto& opset : model.opset_import()) {
    if (opset.version() < 1 || opset.version() > std::numeric_limits<int>::max()) {
      throw Error(ErrorKind::format,
                  "operator set '" + opset.domain() + "' has version " + std::to_string(opset.version()));
    }
    opsets[opset.domain()] = static_cast<int>(opset.version());
  }
  if (model.ir_version() < first_ir_with_opsets) opsets.emplace("", 1);
  if (opsets.empty()) throw Error(ErrorKind::format, "the model does not say which operator set it is written for");
  return opsets;
}

[[noreturn]] void fail_parse(const std::string& why, std::uintmax_t bytes) {
  throw Error(ErrorKind::format, "not an ONNX model: " + why + " (" + std::to_string(bytes) + " bytes)",
              "the file may be truncated or be of another format; ONNX and Caffe files are read");
}

void check_size(std::uintmax_t bytes) {
  if (bytes <= largest_message) return;
  throw Error(ErrorKind::resource, "the file has " + std::to_string(bytes) + " bytes; ONNX files stay below 2 GiB",
              "keep the weights beside the model (ONNX external data)");
}

void check_parsed(bool parsed, const onnx::ModelProto& model, std::uintmax_t bytes) {
  if (!parsed) fail_parse("its protobuf message does not parse", bytes);
  if (model.ir_version() < 1) fail_parse("it names no IR version", bytes);
  if (!model.has_graph()) fail_parse("it has no graph", bytes);
}

/// Turns a parsed model, which is used up, into a graph.
FileGraph convert(onnx::ModelProto& model, const std::filesystem::path& folder) {
  shorten_domains(model);
  inline_functions(model);
  TensorReader reader{.folder = folder, .emptied = {}};
  std::map<std::string, int> opsets = read_opsets(model);
  FileGraph graph = read_graph(reader, *model.mutable_graph());
  graph.opsets = std::move(opsets);
  graph.metadata = read_metadata(model);
  graph.external_files = std::move(reader.external_files);
  check_wiring(graph);
  check_with_libonnx(model, reader);
  return graph;
}

/// Runs one step of reading; errors get the file's name in front.
template <class Step>
auto naming(const std::string& name, Step step) {
  try {
    return step();
  } catch (const Error& error) {
    throw Error(error.kind(), name + ": " + error.what(), error.hint());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::resource, name + ": the model does not fit into memory");
  }
}

/// Returns a file's size; throws `Error(file)` when it cannot be a model at all.
std::uintmax_t checked_size(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw Error(ErrorKind::file, "no such file");
  if (std::filesystem::is_directory(status)) throw Error(ErrorKind::file, "is a folder, not a model file");
  if (!std::filesystem::is_regular_file(status)) throw Error(ErrorKind::file, "is not a regular file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw Error(ErrorKind::file, "cannot be read: " + error.message());
  if (size == 0) throw Error(ErrorKind::file, "is empty", "the download or copy may have failed");
  return size;
}

/// Parses a file through a small buffer: its bytes lie in memory once, in the message.
void parse_file(const std::filesystem::path& path, onnx::ModelProto& model) {
  constexpr int buffer_bytes = 1 << 18;
  const std::uintmax_t size = checked_size(path);
  check_size(size);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::file, "cannot be read", "check its permissions");
  google::protobuf::io::IstreamInputStream stream(&file, buffer_bytes);
  check_parsed(model.ParseFromZeroCopyStream(&stream), model, size);
}

}  // namespace

FileGraph read_onnx(const std::filesystem::path& path) {
  return naming(path.string(), [&] {
    onnx::ModelProto model;
    parse_file(path, model);
    return convert(model, path.parent_path());
  });
}

FileGraph parse_onnx(std::string_view bytes, const std::filesystem::path& folder, const std::string& name) {
  return naming(name, [&] {
    onnx::ModelProto model;
    check_size(bytes.size());
    check_parsed(model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())), model, bytes.size());
    return convert(model, folder);
  });
}

}  // namespace fovea::load

// Asks libonnx whether a model is well formed, and whether its weights fit the shapes that libonnx infers.
// SPDX-License-Identifier: Apache-2.0
#include "load/onnx_check.h"

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <fovea/error.h>

namespace fovea::load {
namespace {

/// The newest files that Debian 12's libonnx 1.12 knows; our own validation alone judges later ones.
constexpr int newest_ir = 8;
constexpr int newest_opset = 17;

/// Puts a text of several lines on one.
std::string one_line(std::string_view text) {
  constexpr std::size_t longest = 400;
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line.size() > longest ? line.substr(0, longest) + " ..." : line;
}

int default_opset(const onnx::ModelProto& model) {
  for (const onnx::OperatorSetIdProto& opset : model.opset_import()) {
    if (opset.domain().empty()) return static_cast<int>(opset.version());
  }
  return 1;
}

/// Tells whether libonnx knows all ops of ONNX's own domain; the builder names those that are not known at all.
bool knows_ops(const onnx::GraphProto& graph, int opset) {
  return std::all_of(graph.node().begin(), graph.node().end(), [&](const onnx::NodeProto& node) {
    const bool known =
        !node.domain().empty() || onnx::OpSchemaRegistry::Schema(node.op_type(), opset, node.domain()) != nullptr;
    return known && std::all_of(node.attribute().begin(), node.attribute().end(),
                                [&](const onnx::AttributeProto& a) { return !a.has_g() || knows_ops(a.g(), opset); });
  });
}

/// The shapes of a graph's values where known: -1 for free dims.
using Shapes = std::map<std::string, Shape>;

void add_shapes(Shapes& shapes, const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& values) {
  for (const onnx::ValueInfoProto& value : values) {
    if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape()) continue;
    Shape shape;
    for (const auto& dim : value.type().tensor_type().shape().dim()) {
      shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
    }
    shapes[value.name()] = shape;
  }
}

std::int64_t integer(const onnx::NodeProto& node, std::string_view name, std::int64_t otherwise) {
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.name() == name) return attribute.i();
  }
  return otherwise;
}

/// Tells whether libonnx infers every extent as the ops' definitions have it. Its sizes can be off by one where windows
/// or scales are rounded (ceil_mode windows that begin in the padding, auto_pad, scales just below a whole size).
bool is_exact(const onnx::GraphProto& graph) {
  constexpr std::array<std::string_view, 4> rounding_ops{"Resize", "Upsample", "ConvTranspose", "If"};
  return std::none_of(graph.node().begin(), graph.node().end(), [&](const onnx::NodeProto& node) {
    const bool rounds = std::find(rounding_ops.begin(), rounding_ops.end(), node.op_type()) != rounding_ops.end();
    return rounds || integer(node, "ceil_mode", 0) != 0 ||
           std::any_of(node.attribute().begin(), node.attribute().end(),
                       [](const onnx::AttributeProto& attribute) { return attribute.name() == "auto_pad"; });
  });
}

/// Takes away what the file says of shapes in between: exporters leave wrong ones behind, which harm nobody else.
void forget_declared(onnx::GraphProto& graph) {
  graph.clear_value_info();
  for (onnx::ValueInfoProto& output : *graph.mutable_output()) {
    if (output.type().has_tensor_type()) output.mutable_type()->mutable_tensor_type()->clear_shape();
  }
}

/// Infers shapes. Of libonnx's complaints only contradictions between extents count, and only where extents are exact:
/// the others also meet valid files. What it could infer stands in the model either way.
Shapes infer_shapes(onnx::ModelProto& model, bool exact) {
  forget_declared(*model.mutable_graph());
  try {
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                       onnx::ShapeInferenceOptions(false, 1, false));
  } catch (const std::exception& error) {
    const std::string message = one_line(error.what());
    const bool contradiction = message.find("Incompatible dimensions") != std::string::npos ||
                               message.find("Can't merge shape info") != std::string::npos;
    if (exact && contradiction) throw Error(ErrorKind::shape, "shapes do not fit together: " + message);
  }
  Shapes shapes;
  add_shapes(shapes, model.graph().value_info());
  add_shapes(shapes, model.graph().input());
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    shapes[tensor.name()] = Shape(tensor.dims().begin(), tensor.dims().end());
  }
  return shapes;
}

/// An extent of one input that must equal an extent of another: `axis` of input `input` of `op`, times `group` if
/// grouped, and the channels (axis 1) of input 0.
struct ChannelRule {
  std::string_view op;
  int input;
  std::size_t axis;
  bool grouped;
};

/// Channels do not depend on how windows are rounded: what libonnx infers of them is certain.
constexpr std::array channel_rules{
    ChannelRule{"Conv", 1, 1, true},
    ChannelRule{"ConvTranspose", 1, 0, false},
    ChannelRule{"BatchNormalization", 1, 0, false},
    ChannelRule{"BatchNormalization", 2, 0, false},
    ChannelRule{"BatchNormalization", 3, 0, false},
    ChannelRule{"BatchNormalization", 4, 0, false},
    ChannelRule{"InstanceNormalization", 1, 0, false},
    ChannelRule{"InstanceNormalization", 2, 0, false},
};

/// Returns one extent of a node's input, when it is known.
std::optional<std::int64_t> extent(const Shapes& shapes, const onnx::NodeProto& node, int input, std::size_t axis) {
  if (input >= node.input_size()) return std::nullopt;
  const auto found = shapes.find(node.input(input));
  if (found == shapes.end() || axis >= found->second.size() || found->second[axis] < 0) return std::nullopt;
  return found->second[axis];
}

std::string shape_text(const Shapes& shapes, const std::string& value) {
  std::string text;
  for (const std::int64_t dim : shapes.at(value)) {
    text += (text.empty() ? "" : ",") + (dim < 0 ? std::string("?") : std::to_string(dim));
  }
  return "'" + value + "' [" + text + "]";
}

[[noreturn]] void fail_fit(const Shapes& shapes, const onnx::NodeProto& node, int input, std::int64_t takes,
                           std::int64_t given) {
  const std::string name = node.name().empty() ? node.output(0) : node.name();
  throw Error(ErrorKind::shape, "node '" + name + "' (" + node.op_type() + "): its weight " +
                                    shape_text(shapes, node.input(input)) + " is for " + std::to_string(takes) +
                                    " channels, but " + shape_text(shapes, node.input(0)) + " has " +
                                    std::to_string(given));
}

void check_channels(const Shapes& shapes, const onnx::NodeProto& node) {
  for (const ChannelRule& rule : channel_rules) {
    if (node.op_type() != rule.op) continue;
    const auto weight = extent(shapes, node, rule.input, rule.axis);
    const auto channels = extent(shapes, node, 0, 1);
    if (!weight || !channels) continue;
    const std::int64_t takes = *weight * (rule.grouped ? integer(node, "group", 1) : 1);
    if (takes != *channels) fail_fit(shapes, node, rule.input, takes, *channels);
  }
}

/// Gemm's columns are often the pixels of a flattened map: to be checked where extents are exact.
void check_gemm(const Shapes& shapes, const onnx::NodeProto& node) {
  const auto columns = extent(shapes, node, 0, integer(node, "transA", 0) != 0 ? 0 : 1);
  const auto rows = extent(shapes, node, 1, integer(node, "transB", 0) != 0 ? 1 : 0);
  if (columns && rows && *columns != *rows) fail_fit(shapes, node, 1, *rows, *columns);
}

void check_weights(const onnx::GraphProto& graph, const Shapes& shapes, bool exact) {
  for (const onnx::NodeProto& node : graph.node()) {
    if (!node.domain().empty() || node.output_size() == 0) continue;
    check_channels(shapes, node);
    if (exact && node.op_type() == "Gemm") check_gemm(shapes, node);
  }
}

}  // namespace

void check_with_libonnx(onnx::ModelProto& model, TensorReader& reader) {
  const int opset = default_opset(model);
  if (model.ir_version() > newest_ir || opset > newest_opset || !knows_ops(model.graph(), opset)) return;
  try {
    onnx::checker::check_model(model);
  } catch (const std::exception& error) {
    throw Error(ErrorKind::format, "not a valid ONNX model: " + one_line(error.what()));
  }
  restore_shapes(reader);
  const bool exact = is_exact(model.graph());
  check_weights(model.graph(), infer_shapes(model, exact), exact);
}

}  // namespace fovea::load

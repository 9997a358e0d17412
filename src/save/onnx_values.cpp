// Declares a file's inputs and outputs. ONNX wants element types and shapes of them; what the graph does not know of
// its outputs is inferred by libonnx.
// SPDX-License-Identifier: Apache-2.0
#include "save/onnx_values.h"

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <string>

#include <onnx/shape_inference/implementation.h>

#include <fovea/error.h>

#include "save/onnx_tensor.h"

namespace fovea::save {
namespace {

/// Returns the type of pictures that the weights go with: float, or double for a graph that was made double.
onnx::TensorProto::DataType input_type(const Graph& graph) {
  const auto has = [&](at::ScalarType type) {
    return std::any_of(graph.weights().begin(), graph.weights().end(),
                       [=](const Tensor& weight) { return weight.defined() && weight.scalar_type() == type; });
  };
  return has(at::kDouble) && !has(at::kFloat) ? onnx::TensorProto::DOUBLE : onnx::TensorProto::FLOAT;
}

/// Names a free size of an input: N, H and W of the first one, so that what is derived from them can be told.
std::string size_name(const Value& input, std::size_t axis, bool first) {
  constexpr std::array names{"N", "C", "H", "W"};
  if (first && axis == 0) return names[0];
  if (first && input.declared.size() == names.size()) return names[axis];
  return input.name + "_" + std::to_string(axis);
}

using Types = std::map<std::string, onnx::TypeProto>;

void collect(const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& values, Types& types) {
  for (const onnx::ValueInfoProto& value : values) {
    if (value.type().has_tensor_type()) types[value.name()] = value.type();
  }
}

/// Infers what libonnx can tell of a model's values; a model that it cannot follow keeps its gaps.
Types infer_types(onnx::ModelProto model, const Graph& graph) {
  for (const ValueId output : graph.outputs()) {
    model.mutable_graph()->add_output()->set_name(graph.name(output));
  }
  try {
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                       onnx::ShapeInferenceOptions(false, 0, true));
  } catch (const std::exception&) {
    // Ops newer than libonnx, shapes that depend on pixels: what it found before stands.
  }
  Types types;
  collect(model.graph().input(), types);
  collect(model.graph().value_info(), types);
  collect(model.graph().output(), types);
  return types;
}

/// Writes what is certain of an output that is a constant itself.
void write_constant(const Tensor& constant, const std::string& name, onnx::TypeProto::Tensor& type) {
  type.set_elem_type(data_type_of(constant, "constant '" + name + "'"));
  onnx::TensorShapeProto& shape = *type.mutable_shape();
  shape.clear_dim();
  for (const std::int64_t extent : constant.sizes()) shape.add_dim()->set_dim_value(extent);
}

/// Writes the shape that the graph declares over the one inferred, whose names stay where both leave a size free.
void merge_shape(const Shape& declared, onnx::TypeProto::Tensor& type) {
  if (declared.empty()) return;
  onnx::TensorShapeProto& shape = *type.mutable_shape();
  const bool fits = shape.dim_size() == static_cast<int>(declared.size());
  const onnx::TensorShapeProto inferred = fits ? shape : onnx::TensorShapeProto();
  shape.clear_dim();
  for (std::size_t axis = 0; axis < declared.size(); ++axis) {
    onnx::TensorShapeProto::Dimension& dim = *shape.add_dim();
    if (declared[axis] >= 0) {
      dim.set_dim_value(declared[axis]);
    } else if (fits && inferred.dim(static_cast<int>(axis)).has_dim_param()) {
      dim.set_dim_param(inferred.dim(static_cast<int>(axis)).dim_param());
    }
  }
}

}  // namespace

void declare_inputs(const Graph& graph, onnx::GraphProto& message) {
  const onnx::TensorProto::DataType type = input_type(graph);
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    if (input.declared.empty()) {
      throw Error(ErrorKind::unsupported, "input '" + input.name + "' declares no shape, which ONNX asks for",
                  "declare one, with -1 for free sizes");
    }
    onnx::ValueInfoProto& info = *message.add_input();
    info.set_name(input.name);
    onnx::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    for (std::size_t axis = 0; axis < input.declared.size(); ++axis) {
      onnx::TensorShapeProto::Dimension& dim = *tensor.mutable_shape()->add_dim();
      if (input.declared[axis] >= 0) dim.set_dim_value(input.declared[axis]);
      if (input.declared[axis] < 0) dim.set_dim_param(size_name(input, axis, id == graph.inputs().front()));
    }
  }
}

void declare_outputs(const Graph& graph, onnx::ModelProto& model) {
  const Types types = infer_types(model, graph);
  for (const ValueId id : graph.outputs()) {
    const Value& output = graph.value(id);
    onnx::ValueInfoProto& info = *model.mutable_graph()->add_output();
    info.set_name(output.name);
    onnx::TypeProto::Tensor& type = *info.mutable_type()->mutable_tensor_type();
    if (const auto found = types.find(output.name); found != types.end()) type = found->second.tensor_type();
    if (graph.is_constant(id)) write_constant(graph.weights()[id], output.name, type);
    if (type.elem_type() == onnx::TensorProto::UNDEFINED) type.set_elem_type(input_type(graph));
    merge_shape(output.declared, type);
  }
}

}  // namespace fovea::save

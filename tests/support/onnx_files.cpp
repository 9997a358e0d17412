// Makes tiny ONNX models.
// SPDX-License-Identifier: Apache-2.0
#include "support/onnx_files.h"

#include <cstring>
#include <fstream>

namespace fovea::test {
namespace {

void declare(onnx::ValueInfoProto& value, const std::string& name, const std::vector<std::int64_t>& shape) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : shape) {
    auto& to = *type.mutable_shape()->add_dim();
    if (dim < 0) to.set_dim_param("free" + std::to_string(type.shape().dim_size()));
    if (dim >= 0) to.set_dim_value(dim);
  }
}

onnx::TensorProto& add_tensor(onnx::GraphProto& graph, const std::string& name,
                              const std::vector<std::int64_t>& shape) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  for (const std::int64_t dim : shape) tensor.add_dims(dim);
  return tensor;
}

onnx::AttributeProto& add_attribute(onnx::NodeProto& node, const std::string& name,
                                    onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

void add_entry(onnx::TensorProto& tensor, const std::string& key, const std::string& value) {
  onnx::StringStringEntryProto& entry = *tensor.add_external_data();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace

onnx::ModelProto empty_model(int opset) {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(opset);
  model.mutable_graph()->set_name("tiny");
  return model;
}

onnx::ModelProto tiny_model() {
  onnx::ModelProto model = empty_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  add_input(model, "x", {-1, 3, 8, 8});
  std::vector<float> weight(4 * 3 * 3 * 3);
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(i % 7) / 8 - 0.375F;
  add_initializer(graph, "w", {4, 3, 3, 3}, weight);
  onnx::NodeProto& conv = add_node(graph, "Conv", "conv", {"x", "w"}, {"conv_out"});
  set_attribute(conv, "kernel_shape", std::vector<std::int64_t>{3, 3});
  set_attribute(conv, "strides", std::vector<std::int64_t>{2, 2});
  add_node(graph, "Relu", "relu", {"conv_out"}, {"relu_out"});
  set_attribute(add_node(graph, "Flatten", "flatten", {"relu_out"}, {"flatten_out"}), "axis", 1);
  set_attribute(add_node(graph, "Softmax", "softmax", {"flatten_out"}, {"softmax_out"}), "axis", 1);
  add_output(model, "softmax_out", {-1, 36});
  return model;
}

void add_input(onnx::ModelProto& model, const std::string& name, const std::vector<std::int64_t>& shape) {
  declare(*model.mutable_graph()->add_input(), name, shape);
}

void add_output(onnx::ModelProto& model, const std::string& name, const std::vector<std::int64_t>& shape) {
  declare(*model.mutable_graph()->add_output(), name, shape);
}

onnx::NodeProto& add_node(onnx::GraphProto& graph, const std::string& op_type, const std::string& name,
                          const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(op_type);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  return node;
}

onnx::TensorProto& add_initializer(onnx::GraphProto& graph, const std::string& name,
                                   const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
  onnx::TensorProto& tensor = add_tensor(graph, name, shape);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  std::string raw(values.size() * sizeof(float), '\0');
  if (!values.empty()) std::memcpy(raw.data(), values.data(), raw.size());
  tensor.set_raw_data(raw);
  return tensor;
}

onnx::TensorProto& add_initializer(onnx::GraphProto& graph, const std::string& name,
                                   const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& values) {
  onnx::TensorProto& tensor = add_tensor(graph, name, shape);
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return tensor;
}

void set_attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  add_attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void set_attribute(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = add_attribute(node, name, onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

void set_attribute(onnx::NodeProto& node, const std::string& name, const onnx::GraphProto& graph) {
  *add_attribute(node, name, onnx::AttributeProto::GRAPH).mutable_g() = graph;
}

void set_attribute(onnx::NodeProto& node, const std::string& name, const onnx::TensorProto& tensor) {
  *add_attribute(node, name, onnx::AttributeProto::TENSOR).mutable_t() = tensor;
}

void make_external(onnx::TensorProto& tensor, const std::string& location, std::int64_t offset, std::int64_t length) {
  tensor.clear_raw_data();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  add_entry(tensor, "location", location);
  add_entry(tensor, "offset", std::to_string(offset));
  add_entry(tensor, "length", std::to_string(length));
}

std::string bytes_of(const onnx::ModelProto& model) { return model.SerializeAsString(); }

void save(const onnx::ModelProto& model, const std::filesystem::path& path) { save(bytes_of(model), path); }

void save(const std::string& bytes, const std::filesystem::path& path) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace fovea::test

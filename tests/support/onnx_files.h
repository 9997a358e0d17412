// Tiny ONNX models made in memory, for tests and fixture generators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace fovea::test {

/// Returns a model without nodes (IR version 7).
onnx::ModelProto empty_model(int opset = 13);

/// Returns a network of one convolution: input x [N,3,8,8], weight w [4,3,3,3], output y =
/// Softmax(Flatten(Relu(conv))). Its nodes are conv, relu, flatten and softmax; each one's output is called as the node
/// with "_out" behind.
onnx::ModelProto tiny_model();

/// Declares a float input or output; -1 is a free dim.
void add_input(onnx::ModelProto& model, const std::string& name, const std::vector<std::int64_t>& shape);
void add_output(onnx::ModelProto& model, const std::string& name, const std::vector<std::int64_t>& shape);

/// Adds a node to a graph and returns it.
onnx::NodeProto& add_node(onnx::GraphProto& graph, const std::string& op_type, const std::string& name,
                          const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

/// Adds a tensor of floats (raw data) or integers (typed data) and returns it.
onnx::TensorProto& add_initializer(onnx::GraphProto& graph, const std::string& name,
                                   const std::vector<std::int64_t>& shape, const std::vector<float>& values);
onnx::TensorProto& add_initializer(onnx::GraphProto& graph, const std::string& name,
                                   const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& values);

/// Sets an attribute of a node.
void set_attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value);
void set_attribute(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values);
void set_attribute(onnx::NodeProto& node, const std::string& name, const onnx::GraphProto& graph);
void set_attribute(onnx::NodeProto& node, const std::string& name, const onnx::TensorProto& tensor);

/// Says that a tensor's data lies in another file; its own is dropped.
void make_external(onnx::TensorProto& tensor, const std::string& location, std::int64_t offset, std::int64_t length);

/// Returns a model as the bytes of a file.
std::string bytes_of(const onnx::ModelProto& model);
/// Writes a model.
void save(const onnx::ModelProto& model, const std::filesystem::path& path);
/// Writes any bytes.
void save(const std::string& bytes, const std::filesystem::path& path);

}  // namespace fovea::test

// Graphs held against each other to the bit, models saved and loaded again, and a small net to do it with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <fovea/save.h>
#include <fovea/trace.h>

#include "support/net.h"
#include "support/temporary_folder.h"

namespace fovea::test {

inline std::vector<std::string> names_of(const Graph& graph, const std::vector<ValueId>& values) {
  std::vector<std::string> names;
  for (const ValueId value : values) names.push_back(graph.name(value));
  return names;
}

/// Tells whether type, shape and every bit agree; the layout in memory may differ.
inline bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) return false;
  const Tensor x = a.contiguous();
  const Tensor y = b.contiguous();
  return x.numel() == 0 || std::memcmp(x.data_ptr(), y.data_ptr(), x.nbytes()) == 0;
}

/// ONNX's attributes have float32 numbers; ours that come from files do too.
inline bool same_attribute(const Attribute& a, const Attribute& b) {
  if (a.index() != b.index()) return false;
  if (const auto* number = std::get_if<double>(&a)) {
    return static_cast<float>(*number) == static_cast<float>(std::get<double>(b));
  }
  if (const auto* tensor = std::get_if<Tensor>(&a)) return same_bits(*tensor, std::get<Tensor>(b));
  return std::visit(
      [&](const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, Tensor>)
          return false;
        else
          return value == std::get<Value>(b);
      },
      a);
}

inline void expect_same_nodes(const Graph& a, const Graph& b) {
  ASSERT_EQ(a.nodes().size(), b.nodes().size());
  for (std::size_t n = 0; n < a.nodes().size(); ++n) {
    const Node& x = a.nodes()[n];
    const Node& y = b.nodes()[n];
    EXPECT_EQ(x.name, y.name);
    EXPECT_EQ(x.op, y.op) << x.name;
    EXPECT_EQ(x.opset, y.opset) << x.name;
    EXPECT_EQ(names_of(a, x.inputs), names_of(b, y.inputs)) << x.name;
    EXPECT_EQ(names_of(a, x.outputs), names_of(b, y.outputs)) << x.name;
    ASSERT_EQ(x.attributes.all().size(), y.attributes.all().size()) << x.name;
    for (const auto& [name, value] : x.attributes.all()) {
      ASSERT_TRUE(y.attributes.has(name)) << x.name << " " << name;
      EXPECT_TRUE(same_attribute(value, y.attributes.all().find(name)->second)) << x.name << " " << name;
    }
  }
}

inline std::map<std::string, Tensor> constants_of(const Graph& graph) {
  std::map<std::string, Tensor> constants;
  for (std::size_t v = 0; v < graph.values().size(); ++v) {
    if (graph.weights()[v].defined()) constants[graph.values()[v].name] = graph.weights()[v];
  }
  return constants;
}

inline void expect_same(const Graph& a, const Graph& b) {
  expect_same_nodes(a, b);
  const auto constants = constants_of(b);
  EXPECT_EQ(constants_of(a).size(), constants.size());
  for (const auto& [name, tensor] : constants_of(a)) {
    ASSERT_TRUE(constants.contains(name)) << name;
    EXPECT_TRUE(same_bits(tensor, constants.at(name))) << name;
  }
  EXPECT_EQ(names_of(a, a.inputs()), names_of(b, b.inputs()));
  ASSERT_EQ(names_of(a, a.outputs()), names_of(b, b.outputs()));
  EXPECT_EQ(a.name(a.logits()), b.name(b.logits()));
  for (std::size_t i = 0; i < a.inputs().size(); ++i) {
    EXPECT_EQ(a.value(a.inputs()[i]).declared, b.value(b.inputs()[i]).declared);
  }
  for (std::size_t i = 0; i < a.outputs().size(); ++i) {
    const Shape& declared = a.value(a.outputs()[i]).declared;
    if (!declared.empty()) {
      EXPECT_EQ(declared, b.value(b.outputs()[i]).declared) << a.name(a.outputs()[i]);
    }
  }
}

/// Returns an input for a declared shape: one picture, 64 px where the size is free.
inline Tensor some_input(const Shape& declared, std::uint64_t seed) {
  Shape shape = declared;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] < 0) shape[axis] = axis == 0 ? 1 : 64;
  }
  return random_normal(shape, seed);
}

inline std::vector<Tensor> outputs_of(const Graph& graph) {
  RunOptions options{.tape = Tape::none};
  const auto input = [&](std::size_t i) { return some_input(graph.value(graph.inputs()[i]).declared, i + 1); };
  for (std::size_t i = 1; i < graph.inputs().size(); ++i) options.given[graph.inputs()[i]] = input(i);
  const Trace trace = run(graph, input(0), options);
  std::vector<Tensor> outputs{trace.value(graph.logits())};
  for (const ValueId output : graph.outputs()) outputs.push_back(trace.value(output));
  return outputs;
}

inline onnx::ModelProto parsed(const std::vector<std::byte>& bytes) {
  onnx::ModelProto message;
  EXPECT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return message;
}

inline Model reloaded(const Model& model) {
  const TemporaryFolder folder;
  save_onnx(model, folder.path() / "saved.onnx");
  EXPECT_EQ(folder.count(), 1) << "no temporary stays";
  return load_model(folder.path() / "saved.onnx");
}

/// Saves and loads a model and holds everything against the original, the file against libonnx's checker. Returns what
/// was loaded.
inline Model expect_round_trip(const Model& model) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "saved.onnx";
  save_onnx(model, path);
  EXPECT_NO_THROW(onnx::checker::check_model(path.string()));
  Model again = load_model(path);
  expect_same(model.graph, again.graph);
  const std::vector<Tensor> expected = outputs_of(model.graph);
  const std::vector<Tensor> found = outputs_of(again.graph);
  EXPECT_EQ(expected.size(), found.size());
  for (std::size_t i = 0; i < std::min(expected.size(), found.size()); ++i) {
    EXPECT_TRUE(same_bits(expected[i], found[i])) << "output " << i;
  }
  return again;
}

/// conv - BN - relu - pool - fc, as a trainer makes it.
inline Net small_net(int opset = 17) {
  Net net(opset);
  const ValueId weight = net.constant(random_normal({8, 3, 3, 3}, 1) * 0.3);
  ValueId x = net.node("Conv", {net.input("x", {-1, 3, 16, 16}), weight, net.constant(random_normal({8}, 2))},
                       attributes({{"kernel_shape", std::vector<std::int64_t>{3, 3}},  // OpenCV asks for it
                                   {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}));
  std::vector<ValueId> norm{x};
  for (const std::uint64_t seed : {11, 12, 13}) norm.push_back(net.constant(random_normal({8}, seed)));
  norm.push_back(net.constant(random_normal({8}, 14).abs() + 0.5));
  x = net.node("BatchNormalization", norm, attributes({{"epsilon", 1e-3}}));
  x = net.node("Relu", {x});
  x = net.node(
      "MaxPool", {x},
      attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}}));
  x = net.node("Flatten", {x}, attributes({{"axis", std::int64_t{1}}}));
  net.gemm(x, 8 * 8 * 8, 10);
  return net;
}

inline Model with_graph(Graph graph) {
  return {.path = {}, .hash = {}, .graph = std::move(graph), .card = {.name = "net"}};
}

}  // namespace fovea::test

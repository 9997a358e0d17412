// Graphs built from files: unknown ops named at once, constants folded, branches taken, logits found.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include <fovea/error.h>
#include <fovea/graph.h>

#include "load/file_graph.h"
#include "support/failure.h"
#include "support/onnx_files.h"
#include "support/shared_data.h"

namespace fovea::test {
namespace {

Graph build_of(const onnx::ModelProto& model) {
  return load::build_graph(load::parse_onnx(bytes_of(model), "/nonexistent", "tiny.onnx"));
}

/// Expects an error of a kind whose text holds `part`.
void expect_error(ErrorKind kind, const std::string& part, const std::function<void()>& call) {
  const std::string failure = failure_of(call);
  EXPECT_TRUE(failure.starts_with(name(kind)) && holds(failure, part)) << "expected " << part << ", found " << failure;
}

std::vector<std::string> node_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) names.push_back(node.name);
  return names;
}

using Names = std::vector<std::string>;

TEST(build, makes_the_engines_graph) {
  const Graph graph = build_of(tiny_model());
  EXPECT_EQ(node_names(graph), (Names{"conv", "relu", "flatten", "softmax"}));
  ASSERT_EQ(graph.inputs().size(), 1U);
  EXPECT_EQ(graph.name(graph.inputs()[0]), "x");
  EXPECT_EQ(graph.value(graph.inputs()[0]).declared, (Shape{-1, 3, 8, 8}));
  EXPECT_EQ(graph.value(graph.outputs()[0]).declared, (Shape{-1, 36}));
  EXPECT_EQ(graph.nodes()[0].opset, 13);
  EXPECT_TRUE(graph.is_constant(graph.nodes()[0].inputs[1]));
}

TEST(build, calls_nameless_nodes_by_their_output) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_node(1)->clear_name();
  EXPECT_EQ(node_names(build_of(model))[1], "relu_out");
}

TEST(build, names_unknown_ops_of_branches) {
  onnx::GraphProto branch;
  branch.set_name("branch");
  add_node(branch, "Foo", "inner", {"conv_out"}, {"inner_out"});
  branch.add_output()->set_name("inner_out");
  onnx::ModelProto model = tiny_model();
  add_initializer(*model.mutable_graph(), "yes", {}, std::vector<std::int64_t>{1});
  onnx::NodeProto& choice = add_node(*model.mutable_graph(), "If", "if", {"yes"}, {"if_out"});
  set_attribute(choice, "then_branch", branch);
  set_attribute(choice, "else_branch", branch);
  expect_error(ErrorKind::unsupported, "1 op is not known: Foo (2 nodes, first 'inner')", [&] { build_of(model); });
}

TEST(build, folds_constants) {
  onnx::ModelProto model = tiny_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  add_initializer(graph, "two", {1}, std::vector<float>{2});
  onnx::TensorProto half;
  half.set_data_type(onnx::TensorProto::FLOAT);
  half.add_dims(1);
  half.add_float_data(0.5F);
  set_attribute(add_node(graph, "Constant", "half", {}, {"half_out"}), "value", half);
  add_node(graph, "Mul", "one", {"two", "half_out"}, {"one_out"});
  add_node(graph, "Add", "sum", {"flatten_out", "one_out"}, {"sum_out"});
  add_output(model, "sum_out", {-1, 36});
  const Graph built = build_of(model);
  EXPECT_EQ(node_names(built), (Names{"conv", "relu", "flatten", "softmax", "sum"}));
  const ValueId one = built.nodes().back().inputs[1];
  ASSERT_TRUE(built.is_constant(one));
  EXPECT_EQ(built.name(one), "one_out");
  EXPECT_FLOAT_EQ(built.weights()[one].item<float>(), 1);
  EXPECT_EQ(built.find("half_out"), std::nullopt);  // nothing needs it any more
}

TEST(build, refuses_huge_constants) {
  onnx::ModelProto model = tiny_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  add_initializer(graph, "shape", {2}, std::vector<std::int64_t>{1'000'000, 1'000'000});
  add_node(graph, "ConstantOfShape", "huge", {"shape"}, {"huge_out"});
  expect_error(ErrorKind::resource, "node 'huge' (ConstantOfShape) would make a constant", [&] { build_of(model); });
}

TEST(build, says_which_folded_node_fails) {
  onnx::ModelProto model = tiny_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  model.set_ir_version(10);  // beyond libonnx's checker, which would find this first
  add_initializer(graph, "a", {2}, std::vector<float>{1, 2});
  add_initializer(graph, "b", {3}, std::vector<float>{1, 2, 3});
  add_node(graph, "Add", "odd", {"a", "b"}, {"odd_out"});
  expect_error(ErrorKind::shape, "node 'odd' (Add) cannot be computed from inputs of [2], [3]",
               [&] { build_of(model); });
}

TEST(build, widens_float16_weights) {
  onnx::ModelProto model = tiny_model();
  onnx::TensorProto& weight = *model.mutable_graph()->mutable_initializer(0);
  weight.set_data_type(onnx::TensorProto::FLOAT16);
  std::string raw;
  for (int i = 0; i < 108; ++i) raw += std::string("\x00\x3c", 2);  // 1.0
  weight.set_raw_data(raw);
  const Graph graph = build_of(model);
  const Tensor& widened = graph.weights()[graph.nodes()[0].inputs[1]];
  EXPECT_EQ(widened.scalar_type(), at::kFloat);
  EXPECT_FLOAT_EQ(widened.sum().item<float>(), 108);
}

TEST(build, drops_dead_nodes) {
  onnx::ModelProto model = tiny_model();
  add_node(*model.mutable_graph(), "Relu", "dead", {"conv_out"}, {"dead_out"});
  EXPECT_EQ(node_names(build_of(model)), (Names{"conv", "relu", "flatten", "softmax"}));
}

TEST(build, takes_the_logits_before_the_softmax) {
  const Graph graph = build_of(tiny_model());
  EXPECT_EQ(graph.name(graph.logits()), "flatten_out");

  onnx::ModelProto reshaped = tiny_model();
  reshaped.mutable_graph()->clear_output();
  add_node(*reshaped.mutable_graph(), "Identity", "last", {"softmax_out"}, {"last_out"});
  add_output(reshaped, "last_out", {-1, 36});
  const Graph behind_identity = build_of(reshaped);
  EXPECT_EQ(behind_identity.name(behind_identity.logits()), "flatten_out");

  onnx::ModelProto plain = tiny_model();
  plain.mutable_graph()->mutable_output(0)->set_name("flatten_out");
  const Graph without = build_of(plain);
  EXPECT_EQ(without.name(without.logits()), "flatten_out");
  EXPECT_EQ(node_names(without), (Names{"conv", "relu", "flatten"}));
}

TEST(build, looks_behind_an_argmax) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->clear_output();
  set_attribute(add_node(*model.mutable_graph(), "ArgMax", "choice", {"softmax_out"}, {"choice_out"}), "axis", 1);
  add_output(model, "choice_out", {-1, 1});
  model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::INT64);
  const Graph graph = build_of(model);
  EXPECT_EQ(graph.name(graph.logits()), "flatten_out");
}

/// Returns a branch that applies one op to the outer value relu_out; its names clash with the outer graph's.
onnx::GraphProto branch_of(const std::string& op_type) {
  onnx::GraphProto branch;
  branch.set_name("branch_" + op_type);
  add_node(branch, op_type, "relu", {"relu_out"}, {"inner"});
  add_node(branch, "Identity", "pass", {"inner"}, {"branch_out"});
  onnx::ValueInfoProto& output = *branch.add_output();
  output.set_name("branch_out");
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  return branch;
}

/// Adds "if": the condition takes Neg, or else Abs.
void add_if(onnx::ModelProto& model, const std::string& condition) {
  onnx::NodeProto& choice = add_node(*model.mutable_graph(), "If", "if", {condition}, {"if_out"});
  set_attribute(choice, "then_branch", branch_of("Neg"));
  set_attribute(choice, "else_branch", branch_of("Abs"));
  model.mutable_graph()->clear_output();
  add_output(model, "if_out", {-1, 4, 3, 3});
}

/// Adds the condition "extent `axis` of `of` equals `number`" and an If by it.
onnx::ModelProto model_with_probed_if(const std::string& of, std::int64_t axis, std::int64_t number) {
  onnx::ModelProto model = tiny_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  add_initializer(graph, "axis", {}, std::vector<std::int64_t>{axis});
  add_initializer(graph, "number", {}, std::vector<std::int64_t>{number});
  add_node(graph, "Shape", "shape", {of}, {"shape_out"});
  add_node(graph, "Gather", "gather", {"shape_out", "axis"}, {"gather_out"});
  add_node(graph, "Equal", "equal", {"gather_out", "number"}, {"equal_out"});
  add_if(model, "equal_out");
  return model;
}

TEST(build, inlines_the_branch_of_a_constant_condition) {
  for (const bool taken : {true, false}) {
    onnx::ModelProto model = tiny_model();
    onnx::TensorProto& condition =
        add_initializer(*model.mutable_graph(), "condition", {}, std::vector<std::int64_t>{});
    condition.set_data_type(onnx::TensorProto::BOOL);
    condition.add_int32_data(taken ? 1 : 0);
    add_if(model, "condition");
    const Graph graph = build_of(model);
    EXPECT_EQ(node_names(graph), (Names{"conv", "relu", "if/relu", "pass"}));
    EXPECT_EQ(graph.nodes()[2].op->onnx, taken ? "Neg" : "Abs");
    EXPECT_EQ(graph.name(graph.outputs()[0]), "if_out");
    EXPECT_TRUE(graph.find("inner").has_value());
  }
}

TEST(build, probes_a_condition_on_shapes) {
  EXPECT_EQ(build_of(model_with_probed_if("relu_out", 1, 4)).nodes()[2].op->onnx, "Neg");
  const Graph graph = build_of(model_with_probed_if("relu_out", 2, 4));
  EXPECT_EQ(graph.nodes()[2].op->onnx, "Abs");
  EXPECT_EQ(node_names(graph), (Names{"conv", "relu", "if/relu", "pass"}));  // the condition's nodes are gone
}

TEST(build, refuses_a_condition_on_the_batch_or_the_size) {
  expect_error(ErrorKind::unsupported, "node 'if' (If) depends on the batch size",
               [] { build_of(model_with_probed_if("relu_out", 0, 3)); });
  onnx::ModelProto model = model_with_probed_if("x", 2, 64);
  for (const int axis : {2, 3}) {
    model.mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(axis)
        ->set_dim_param("free");
  }
  expect_error(ErrorKind::unsupported, "node 'if' (If) depends on the input's size", [&] { build_of(model); });
}

TEST(build, refuses_a_condition_on_data) {
  onnx::ModelProto model = tiny_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  set_attribute(add_node(graph, "ReduceMax", "highest", {"x"}, {"highest_out"}), "keepdims", std::int64_t{0});
  add_initializer(graph, "zero", {}, std::vector<float>{0});
  add_node(graph, "Greater", "positive", {"highest_out", "zero"}, {"positive_out"});
  add_if(model, "positive_out");
  expect_error(ErrorKind::unsupported, "node 'if' (If) depends on the input's values", [&] { build_of(model); });
}

TEST(build, takes_the_branches_of_an_exported_lrn) {
  const std::string relative = "oracles/zfnet_tiny/model_lrn_decomposed.onnx";
  FOVEA_NEEDS_SHARED(relative);
  const Graph graph = load::build_graph(load::read_onnx(shared_data(relative)));
  const auto taken = graph.find("/features/features.3/If_output_0");
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(graph.node(graph.value(*taken).producer).op->onnx, "Squeeze");
  EXPECT_EQ(graph.name(graph.logits()), "logits");
}

}  // namespace
}  // namespace fovea::test

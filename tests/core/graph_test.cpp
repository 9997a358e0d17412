// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/graph.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::Net;

Graph::Parts two_nodes(ValueId first_reads, ValueId second_reads) {
  Graph::Parts parts;
  for (const char* name : {"x", "a", "b"}) parts.values.push_back({.name = name});
  parts.weights.resize(3);
  parts.inputs = {0};
  parts.outputs = {2};
  const Op* relu = find_onnx_op("Relu");
  parts.nodes.push_back({.name = "first", .op = relu, .inputs = {first_reads}, .outputs = {1}, .opset = 17});
  parts.nodes.push_back({.name = "second", .op = relu, .inputs = {second_reads}, .outputs = {2}, .opset = 17});
  return parts;
}

TEST(graph, sorts_nodes_and_links_values) {
  Graph::Parts parts = two_nodes(0, 1);
  std::swap(parts.nodes[0], parts.nodes[1]);
  const Graph graph(parts);
  EXPECT_EQ(graph.nodes()[0].name, "first");
  EXPECT_EQ(graph.values()[1].producer, 0);
  EXPECT_EQ(graph.values()[1].consumers, std::vector<NodeId>{1});
  EXPECT_EQ(graph.logits(), 2);
}

TEST(graph, names_a_cycle) {
  try {
    const Graph graph(two_nodes(2, 1));
    FAIL() << "a cycle was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    EXPECT_NE(std::string(error.what()).find("'first' -> 'second'"), std::string::npos) << error.what();
  }
}

TEST(graph, refuses_a_value_produced_twice) {
  Graph::Parts parts = two_nodes(0, 0);
  parts.nodes[1].outputs = {1};
  EXPECT_THROW(Graph{parts}, Error);
}

TEST(graph, finds_values_by_their_own_name_first_then_by_their_node) {
  Graph::Parts parts = two_nodes(0, 1);
  parts.nodes[1].name = "a";  // also the name of the first node's value
  const Graph graph(parts);
  EXPECT_EQ(graph.at("a"), 1);
  EXPECT_EQ(graph.at("first"), 1);
  EXPECT_EQ(graph.at("b"), 2);
}

TEST(graph, offers_near_names) {
  Net net;
  net.node("Relu", {net.input("x", {-1, 3})}, {}, "conv5_3/relu");
  try {
    (void)net.graph().at("conv5_3/rel");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(error.hint().find("conv5_3/relu"), std::string::npos) << error.hint();
  }
}

TEST(graph, tells_what_equals_a_rectifier) {
  Net net;
  const ValueId x = net.input("x", {-1, 3});
  const ValueId zero = net.constant(test::tensor({0}, {}));
  const ValueId one = net.constant(test::tensor({1}, {}));
  const ValueId six = net.constant(test::tensor({6}, {}));
  std::vector<std::pair<ValueId, bool>> expected{
      {net.node("Relu", {x}), true},       {net.node("Clip", {x, zero, six}), true},
      {net.node("Clip", {x, zero}), true}, {net.node("Clip", {x, one, six}), false},
      {net.node("Clip", {x}), false},      {net.node("Max", {x, zero}), true},
      {net.node("Max", {zero, x}), true},  {net.node("Max", {x, one}), false},
      {net.node("Sigmoid", {x}), false},   {net.node("LeakyRelu", {x}), false}};
  const Graph graph = net.graph();
  for (const auto& [value, rectifies] : expected) {
    const Node& node =
        graph.nodes()[static_cast<std::size_t>(graph.values()[static_cast<std::size_t>(value)].producer)];
    EXPECT_EQ(is_rectifier(graph, node), rectifies) << node.name;
  }
}

TEST(graph, changes_type_without_changing_the_original) {
  Net net;
  net.gemm(net.input("x", {-1, 3}), 3, 2);
  const Graph graph = net.graph();
  const Graph exact = to_type(graph, at::kDouble);
  EXPECT_EQ(exact.weights()[1].scalar_type(), at::kDouble);
  EXPECT_EQ(graph.weights()[1].scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace fovea

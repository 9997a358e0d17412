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
  EXPECT_EQ(graph.node(0).name, "first");
  EXPECT_EQ(graph.value(1).producer, 0);
  EXPECT_EQ(graph.value(1).consumers, std::vector<NodeId>{1});
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

TEST(graph, names_values_by_themselves_and_by_their_nodes) {
  const Graph graph(two_nodes(0, 1));
  EXPECT_EQ(graph.name(1), "a");
  EXPECT_EQ(graph.node_name(1), "first");
  EXPECT_EQ(graph.node_name(0), "x");  // no node makes it
  EXPECT_EQ(graph.name(no_value), "");
}

TEST(value_set, never_holds_what_is_absent) {
  ValueSet some(3, {no_value, 1});
  some.add(no_value);
  EXPECT_TRUE(some.has(1));
  EXPECT_FALSE(some.has(0));
  EXPECT_FALSE(some.has(no_value));
  EXPECT_TRUE(some.has_any({0, no_value, 1}));
  EXPECT_FALSE(some.has_any({0, no_value, 2}));
  EXPECT_FALSE(some.has_any({}));
}

/// The picture is doubled in one branch and rectified in another, which takes the shape of the first one; something is
/// computed beside them.
struct BranchedGraph {
  Net net;
  ValueId x = net.input("x", {-1, 3});
  ValueId two = net.constant(test::tensor({2}, {}));
  ValueId doubled = net.node("Mul", {x, two});
  ValueId shape = net.node("Shape", {doubled});
  ValueId rectified = net.node("Relu", {x});
  ValueId beside = net.node("Sigmoid", {rectified});
  ValueId shaped = net.node("Reshape", {rectified, shape});
  Graph graph = net.graph();

  std::vector<ValueId> in(const ValueSet& some) const {
    std::vector<ValueId> values;
    for (const ValueId value : {x, two, doubled, shape, rectified, beside, shaped}) {
      if (some.has(value)) values.push_back(value);
    }
    return values;
  }
};

using Values = std::vector<ValueId>;

TEST(graph, tells_what_a_value_is_computed_from) {
  const BranchedGraph b;
  EXPECT_EQ(b.in(b.graph.ancestors(b.shaped)), (Values{b.x, b.two, b.doubled, b.shape, b.rectified, b.shaped}));
  EXPECT_EQ(b.in(b.graph.ancestors(b.shaped, Paths::numbers)), (Values{b.x, b.shape, b.rectified, b.shaped}));
  EXPECT_EQ(b.in(b.graph.ancestors({b.doubled, b.beside})), (Values{b.x, b.two, b.doubled, b.rectified, b.beside}));
  EXPECT_EQ(b.in(b.graph.ancestors(b.x)), Values{b.x});
  EXPECT_EQ(b.in(b.graph.ancestors(no_value)), Values{});
}

TEST(graph, tells_what_is_computed_from_a_value) {
  const BranchedGraph b;
  EXPECT_EQ(b.in(b.graph.descendants(b.doubled)), (Values{b.doubled, b.shape, b.shaped}));
  EXPECT_EQ(b.in(b.graph.descendants(b.doubled, Paths::numbers)), Values{b.doubled});
  EXPECT_EQ(b.in(b.graph.descendants({b.shape, b.beside})), (Values{b.shape, b.beside, b.shaped}));
  EXPECT_EQ(b.in(b.graph.descendants(b.x)), (Values{b.x, b.doubled, b.shape, b.rectified, b.beside, b.shaped}));
  EXPECT_EQ(b.in(b.graph.descendants(no_value)), Values{});
}

TEST(graph, tells_whether_one_value_reaches_another) {
  const BranchedGraph b;
  EXPECT_TRUE(b.graph.reaches(b.two, b.shaped));
  EXPECT_TRUE(b.graph.reaches(b.beside, b.beside));
  EXPECT_FALSE(b.graph.reaches(b.doubled, b.beside));
  EXPECT_FALSE(b.graph.reaches(b.shaped, b.x));
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
    const Node& node = graph.node(graph.value(value).producer);
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

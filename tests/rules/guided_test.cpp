// Guided backpropagation by hand: relevance passes where the forward input and the relevance are both positive.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/walk.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::Net;
using test::tensor;

const Tensor weights() { return tensor({1, -1, 2, -2}, {4}); }  // relevance that reaches the rectifier

Tensor through(Net& net, ValueId x) {
  net.node("Mul", {x, net.constant(weights())}, {}, "y");
  const Graph graph = net.graph();
  const Trace trace = run(graph, tensor({3, 3, -3, 9}, {1, 4}));
  return walk(trace, seed(trace, parse_objective("value(y)")), find_recipe("guided")).at(graph.inputs()[0]);
}

TEST(guided, relu_needs_both_signs_positive) {
  Net net;
  EXPECT_TRUE(through(net, net.node("Relu", {net.input("x", {-1, 4})})).equal(tensor({1, 0, 0, 0}, {1, 4})));
}

TEST(guided, relu6_also_stops_where_it_saturates) {
  Net net;
  const ValueId x = net.input("x", {-1, 4});
  const ValueId clip = net.node("Clip", {x, net.constant(tensor({0}, {})), net.constant(tensor({2.5}, {}))});
  EXPECT_TRUE(through(net, clip).equal(tensor({0, 0, 0, 0}, {1, 4})));
}

TEST(guided, max_with_zero_counts_as_relu) {
  Net net;
  const ValueId x = net.input("x", {-1, 4});
  const ValueId max = net.node("Max", {x, net.constant(tensor({0}, {1}))});
  EXPECT_TRUE(through(net, max).equal(tensor({1, 0, 0, 0}, {1, 4})));
}

TEST(guided, other_non_linearities_keep_their_gradient) {
  Net net;
  const ValueId leaky = net.node("LeakyRelu", {net.input("x", {-1, 4})}, test::attributes({{"alpha", 0.5}}));
  EXPECT_TRUE(through(net, leaky).equal(tensor({1, -1, 1, -2}, {1, 4})));
}

TEST(guided, says_when_it_equals_the_gradient) {
  Net smooth;
  smooth.node("Sigmoid", {smooth.input("x", {-1, 4})});
  EXPECT_NE(find_recipe("guided").remark(smooth.graph()).find("equals the gradient"), std::string::npos);
  Net rectified;
  rectified.node("Relu", {rectified.input("x", {-1, 4})});
  EXPECT_EQ(find_recipe("guided").remark(rectified.graph()), "");
}

}  // namespace
}  // namespace fovea

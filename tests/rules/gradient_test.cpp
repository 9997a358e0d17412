// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/walk.h>

#include "support/net.h"

namespace fovea {
namespace {

TEST(gradient, has_no_row_so_every_op_keeps_its_own_derivative) { EXPECT_TRUE(find_recipe("gradient").rows.empty()); }

// y = relu(x)^2 summed: dy/dx = 2 relu(x).
TEST(gradient, follows_the_chain_rule_by_hand) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 3});
  const ValueId relu = net.node("Relu", {x});
  net.node("Mul", {relu, relu}, {}, "y");
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::tensor({1, -2, 3}, {1, 3}));
  const Tensor relevance = walk(trace, seed(trace, parse_objective("value(y)")), find_recipe("gradient")).at(x);
  EXPECT_TRUE(relevance.equal(test::tensor({2, 0, 6}, {1, 3}))) << relevance;
}

}  // namespace
}  // namespace fovea

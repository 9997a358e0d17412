// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/objective.h>
#include <fovea/walk.h>

#include "support/net.h"

namespace fovea {
namespace {

/// relu(x) summed with signs: the objective asks for more of units 0 and 1 and less of units 2 and 3.
struct Shut {
  Shut() {
    const ValueId x = net.input("x", {-1, 4});
    const ValueId open = net.node("Relu", {x}, {}, "relu");
    net.node("Gemm", {open, net.constant(test::tensor({1, 2, -3, -4}, {4, 1}))}, {}, "y");
  }
  Tensor relevance(const Tensor& x) const {
    const Graph graph = net.graph();
    const Trace trace = run(graph, x);
    return walk(trace, seed(trace, logit(0)), find_recipe("redirected")).at(graph.inputs()[0]);
  }
  test::Net net;
};

TEST(redirected, what_would_open_a_dead_picture_passes) {
  EXPECT_EQ(test::largest_difference(Shut().relevance(test::tensor({-1, -1, -1, -1}, {1, 4})),
                                     test::tensor({1, 2, 0, 0}, {1, 4})),
            0);
}

TEST(redirected, a_picture_that_something_reaches_keeps_its_gradient) {
  const Tensor both = test::tensor({1, -1, -1, 1, -1, -1, -1, -1}, {2, 4});
  EXPECT_EQ(test::largest_difference(Shut().relevance(both), test::tensor({1, 0, 0, -4, 1, 2, 0, 0}, {2, 4})), 0);
}

TEST(redirected, a_saturated_relu6_passes_what_closes_it) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 3});
  const ValueId open = net.node("Clip", {x, net.constant(test::tensor({0}, {})), net.constant(test::tensor({6}, {}))});
  net.node("Gemm", {open, net.constant(test::tensor({1, -1, 1}, {3, 1}))}, {}, "y");
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::tensor({7, 7, -1}, {1, 3}));
  const Tensor relevance = walk(trace, seed(trace, logit(0)), find_recipe("redirected")).at(graph.inputs()[0]);
  EXPECT_EQ(test::largest_difference(relevance, test::tensor({0, -1, 1}, {1, 3})), 0);
}

}  // namespace
}  // namespace fovea

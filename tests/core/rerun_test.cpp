// SPDX-License-Identifier: Apache-2.0
#include "core/rerun.h"

#include <gtest/gtest.h>

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;

/// A residual block: the input bypasses the value that is replaced; a Reshape reads the batch's size from a Shape.
struct Bypassed {
  Graph graph = [] {
    Net net;
    const ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 6, 6}), 3, 4, 3, 1, 1)}, {}, "stem");
    const ValueId branch = net.conv(net.node("Relu", {net.conv(x, 4, 4, 3, 1, 1)}, {}, "branch"), 4, 4, 3, 1, 1);
    const ValueId sum = net.node("Add", {x, branch});
    const ValueId batch = net.node("Gather", {net.node("Shape", {x}), net.constant(at::zeros({1}, at::kLong))},
                                   attributes({{"axis", std::int64_t{0}}}));
    const ValueId rest = net.constant(at::full({1}, -1, at::kLong));
    const ValueId sizes = net.node("Concat", {batch, rest}, attributes({{"axis", std::int64_t{0}}}));
    net.gemm(net.node("Reshape", {sum, sizes}), 144, 3);
    return net.graph();
  }();
  Tensor input = test::random_normal({1, 3, 6, 6}, 4);
};

TEST(rerun, equals_a_whole_run_with_the_value_replaced) {
  const Bypassed net;
  const ValueId at = net.graph.at("branch");
  const Trace trace = run(net.graph, net.input);
  const Tensor replaced = test::random_normal({3, 4, 6, 6}, 9);
  const Tensor together = rerun(trace, at, replaced, {net.graph.logits()}).scores();
  ASSERT_EQ(together.size(0), 3);
  for (std::int64_t i = 0; i < 3; ++i) {
    const Tensor alone = run(net.graph, net.input, {.given = {{at, replaced.narrow(0, i, 1)}}}).scores();
    EXPECT_TRUE(together.narrow(0, i, 1).allclose(alone, 1e-5, 1e-6)) << i;
  }
}

TEST(rerun, the_input_itself_may_be_replaced) {
  const Bypassed net;
  const Trace trace = run(net.graph, net.input);
  const Tensor replaced = test::random_normal({2, 3, 6, 6}, 9);
  const Tensor together = rerun(trace, net.graph.inputs()[0], replaced, {net.graph.logits()}).scores();
  EXPECT_TRUE(together.allclose(run(net.graph, replaced).scores(), 1e-5, 1e-6));
}

}  // namespace
}  // namespace fovea

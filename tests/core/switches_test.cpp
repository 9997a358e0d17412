// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/trace.h>

#include "core/switches.h"
#include "support/net.h"

namespace fovea {
namespace {

TEST(switches, are_found_in_one_and_three_dimensions) {
  for (const std::size_t axes : {1u, 3u}) {
    test::Net net;
    Shape shape{2, 3};
    shape.insert(shape.end(), axes, 6);
    const std::vector<std::int64_t> twos(axes, 2);
    net.node("MaxPool", {net.input("x", shape)}, test::attributes({{"kernel_shape", twos}, {"strides", twos}}));
    const Graph graph = net.graph();
    const Tensor x = test::random_normal(shape, axes);
    const Tensor pooled = run(graph, x).value(graph.outputs()[0]);
    const Tensor placed = place_at_switches(graph.nodes()[0], x, pooled);
    EXPECT_TRUE(placed.equal(x * (placed != 0))) << "a maximum goes back to where it came from";
    EXPECT_EQ((placed != 0).sum().item<std::int64_t>(), pooled.numel());
  }
}

// Many equal maxima and shared switches: the packed float path and the plain one (double) must choose alike.
TEST(switches, ties_and_shared_switches_are_settled_alike_on_both_paths) {
  test::Net net;
  const std::vector<std::int64_t> threes{3, 3};
  net.node("MaxPool", {net.input("x", {-1, 5, 9, 11})},
           test::attributes({{"kernel_shape", threes}, {"strides", std::vector<std::int64_t>{2, 1}}}));
  const Graph graph = net.graph();
  const Tensor x = test::random_normal({2, 5, 9, 11}, 3).round().clamp_min(0);
  const Tensor pooled = test::random_normal({2, 5, 4, 9}, 4);
  const Tensor packed = place_at_switches(graph.nodes()[0], x, pooled);
  const Tensor plain = place_at_switches(graph.nodes()[0], x.to(at::kDouble), pooled.to(at::kDouble));
  EXPECT_TRUE(packed.equal(plain.to(at::kFloat)));
}

}  // namespace
}  // namespace fovea

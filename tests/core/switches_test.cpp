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

}  // namespace
}  // namespace fovea

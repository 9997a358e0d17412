// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/technique.h>

#include "core/places.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::Net;

/// An inception-like block between two convolutions, with a squeeze-and-excite gate.
struct Block {
  Net net;
  ValueId x = net.input("x", {-1, 3, 32, 32});
  ValueId stem = net.node("Relu", {net.conv(x, 3, 4, 3, 2, 1)}, {}, "stem");
  ValueId left = net.node("Relu", {net.conv(stem, 4, 2, 1)}, {}, "left");
  ValueId right = net.node("Relu", {net.conv(stem, 4, 2, 3, 1, 1)}, {}, "right");
  ValueId joined = net.node("Concat", {left, right}, test::attributes({{"axis", std::int64_t{1}}}), "joined");
  ValueId gate = net.node("Sigmoid", {net.conv(net.node("GlobalAveragePool", {joined}), 4, 4, 1)}, {}, "gate");
  ValueId gated = net.node("Mul", {joined, gate}, {}, "gated");
  ValueId last = net.node("Relu", {net.conv(gated, 4, 4, 3, 4, 1)}, {}, "last");
  ValueId flat = net.node("Flatten", {net.node("GlobalAveragePool", {last})}, {}, "flat");
  ValueId scores = net.gemm(flat, 4, 5);
  Graph graph = net.graph();
  Trace trace = run(graph, test::random_normal({1, 3, 32, 32}, 1));
};

TEST(places, bottlenecks_are_what_all_paths_cross) {
  const Block block;
  const std::vector<ValueId> found = bottlenecks(block.graph, block.scores);
  const auto has = [&](ValueId value) { return std::find(found.begin(), found.end(), value) != found.end(); };
  for (const ValueId value : {block.x, block.stem, block.joined, block.gated, block.last, block.flat, block.scores}) {
    EXPECT_TRUE(has(value)) << block.graph.name(value);
  }
  for (const ValueId value : {block.left, block.right, block.gate}) EXPECT_FALSE(has(value));
}

TEST(places, the_last_bottleneck_that_is_fine_enough) {
  const Block block;
  EXPECT_EQ(last_bottleneck_at_stride(block.trace, block.scores, 2), block.gated);
  EXPECT_EQ(last_bottleneck_at_stride(block.trace, block.scores, 8), block.last);
  EXPECT_EQ(last_bottleneck_at_stride(block.trace, block.scores, 1), block.x);
}

TEST(places, last_spatial_value_is_before_the_final_pooling_not_the_gates) {
  const Block block;
  EXPECT_EQ(last_spatial_value(block.trace), block.last);
}

TEST(places, last_spatial_value_of_a_network_that_flattens) {
  Net net;
  const ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 8, 8}), 3, 2, 3)}, {}, "map");
  net.gemm(net.node("Flatten", {x}), 72, 3);
  const Graph graph = net.graph();
  EXPECT_EQ(last_spatial_value(run(graph, test::random_normal({1, 3, 8, 8}, 1))), x);
}

TEST(places, classifier_input_is_what_the_last_linear_layer_reads) {
  const Block block;
  EXPECT_EQ(classifier_input(block.graph, block.scores), block.flat);
}

}  // namespace
}  // namespace fovea

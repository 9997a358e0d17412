// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/trace.h>

#include "core/region.h"
#include "support/net.h"

namespace fovea {
namespace {

const Region nothing{.empty = true, .extents = {}};

Region box(std::int64_t y0, std::int64_t y1, std::int64_t x0, std::int64_t x1) {
  return {.empty = false, .extents = {{y0, y1}, {x0, x1}}};
}

TEST(region, clips_to_a_shape) {
  EXPECT_EQ(clip(box(-2, 3, 1, 9), {1, 4, 5, 6}), box(0, 3, 1, 6));
  EXPECT_EQ(clip(box(7, 9, 0, 1), {1, 4, 5, 6}), nothing);
}

TEST(region, unions_are_bounding_boxes_and_nothing_is_neutral) {
  EXPECT_EQ(bounding_union(box(0, 1, 0, 1), box(3, 4, 2, 5)), box(0, 4, 0, 5));
  EXPECT_EQ(bounding_union(nothing, box(3, 4, 2, 5)), box(3, 4, 2, 5));
}

TEST(region, broadcasting_carries_axes_over_and_widens_where_the_extent_is_one) {
  test::Net net;
  net.node("Identity", {net.input("x", {})});
  const Node node = net.graph().nodes()[0];
  const std::vector<Shape> inputs{{1, 3, 4, 5}, {1, 3, 1, 5}, {3, 1, 1}};
  const std::vector<Shape> outputs{{1, 3, 4, 5}};
  const Placed placed{node, {}, inputs, outputs};
  EXPECT_EQ(pointwise_geometry.affected(placed, 0, box(1, 2, 3, 4)), box(1, 2, 3, 4));
  EXPECT_EQ(pointwise_geometry.affected(placed, 1, box(0, 1, 3, 4)), box(0, 4, 3, 4));
  EXPECT_EQ(pointwise_geometry.needed(placed, 1, box(1, 2, 3, 4)), box(0, 1, 3, 4));
  EXPECT_EQ(pointwise_geometry.affected(placed, 0, nothing), nothing);
}

/// Two branches over one picture: a 3x3 and a 5x5 convolution, joined.
struct Branches {
  test::Net net;
  ValueId x = net.input("x", {-1, 2, 20, 20});
  ValueId narrow = net.conv(x, 2, 2, 3, 1, 1);
  ValueId wide = net.conv(x, 2, 2, 5, 1, 2);
  ValueId joined = net.node("Concat", {narrow, wide}, test::attributes({{"axis", std::int64_t{1}}}));
  Graph graph = net.graph();
  Trace trace = run(graph, test::random_normal({1, 2, 20, 20}, 1), {.tape = Tape::none});
  Shapes shapes{trace.shapes(), std::vector<Tensor>(graph.values().size())};
};

TEST(region, walks_take_the_union_over_branches) {
  const Branches net;
  const auto needed = needed_regions(net.graph, net.shapes, net.joined, box(10, 11, 1, 2));
  EXPECT_EQ(needed[net.x], box(8, 13, 0, 4));
  const auto affected = affected_regions(net.graph, net.shapes, net.x, box(10, 11, 1, 2));
  EXPECT_EQ(affected[net.narrow], box(9, 12, 0, 3));
  EXPECT_EQ(affected[net.joined], box(8, 13, 0, 4));
}

}  // namespace
}  // namespace fovea

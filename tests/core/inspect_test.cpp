// Receptive fields against the support of a gradient, and the table's figures by hand.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/inspect.h>
#include <fovea/walk.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;
using Ints = std::vector<std::int64_t>;

struct Tower {
  Net net;
  ValueId x = net.input("x", {-1, 3, 33, 29});
  ValueId conv1 = net.node("Identity", {net.conv(x, 3, 4, 7, 2, 1)}, {}, "conv1");
  ValueId pool1 = net.node(
      "AveragePool", {conv1},
      attributes({{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", std::int64_t{1}}}), "pool1");
  ValueId branch = net.conv(pool1, 4, 4, 3, 1, 1);
  ValueId sum = net.node("Add", {branch, pool1}, {}, "sum");
  ValueId up = net.node("Upsample", {sum, net.constant(test::tensor({1, 1, 2, 2}, {4}))}, {}, "up");
};

TEST(inspect, receptive_fields_are_the_textbooks) {
  Net net;
  ValueId x = net.input("x", {-1, 3, 64, 64});
  x = net.node("Relu", {net.conv(x, 3, 4, 7, 2, 3)}, {}, "a");
  x = net.node("MaxPool", {x}, attributes({{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}}), "b");
  x = net.node("Relu", {net.conv(x, 4, 4, 3, 1, 1)}, {}, "c");
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::random_normal({1, 3, 64, 64}, 1), {.tape = Tape::none});
  const auto field = [&](const char* name) { return receptive_field(trace, graph.at(name)).value(); };
  EXPECT_EQ(field("a").size, (std::array<std::int64_t, 2>{7, 7}));
  EXPECT_EQ(field("a").first_centre, (std::array<double, 2>{0, 0}));
  EXPECT_EQ(field("b").size, (std::array<std::int64_t, 2>{11, 11}));
  EXPECT_EQ(field("b").stride, (std::array<double, 2>{4, 4}));
  EXPECT_EQ(field("b").first_centre, (std::array<double, 2>{2, 2}));
  EXPECT_EQ(field("c").size, (std::array<std::int64_t, 2>{19, 19}));
}

TEST(inspect, pads_that_mirror_the_picture_do_not_bend_the_grid) {
  // Mirrored, the first unit's field is folded back onto 3 px of the picture; the grid is as with zeros.
  Net net;
  ValueId x = net.input("x", {-1, 3, 32, 32});
  for (int layer = 0; layer < 3; ++layer) {
    const ValueId pads = net.constant(test::tensor({0, 0, 1, 1, 0, 0, 1, 1}, {8}, at::kLong));
    x = net.node("Pad", {x, pads}, attributes({{"mode", std::string("reflect")}}));
    x = net.conv(x, 3, 3, 3, layer == 1 ? 2 : 1);
  }
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::random_normal({1, 3, 32, 32}, 1), {.tape = Tape::none});
  const ReceptiveField field = receptive_field(trace, graph.logits()).value();
  EXPECT_EQ(field.size, (std::array<std::int64_t, 2>{9, 9}));
  EXPECT_EQ(field.stride, (std::array<double, 2>{2, 2}));
  EXPECT_EQ(field.first_centre, (std::array<double, 2>{0, 0}));
}

TEST(inspect, receptive_boxes_hold_exactly_the_support_of_the_gradient) {
  Tower tower;
  const Graph graph = Graph([&] {
    Graph::Parts parts = tower.net.graph().parts();
    for (Tensor& weight : parts.weights) {  // positive: no cancellation hides a pixel
      if (weight.defined() && weight.is_floating_point() && weight.dim() == 4) weight = weight.abs() + 0.01;
    }
    for (Node& node : parts.nodes) {
      if (node.op->onnx == "Upsample") node.opset = 9;
    }
    return parts;
  }());
  const Trace trace = run(graph, test::random_normal({1, 3, 33, 29}, 2).abs());
  for (const char* name : {"conv1", "pool1", "sum", "up"}) {
    const ValueId value = graph.at(name);
    const Tensor& map = trace.value(value);
    for (const auto& [y, x] : {std::array<std::int64_t, 2>{0, 0},
                               {map.size(2) / 2, map.size(3) / 2},
                               {map.size(2) - 1, map.size(3) - 1},
                               {1, map.size(3) - 1}}) {
      Tensor seed = map * 0;
      seed.select(2, y).select(2, x).fill_(1);
      const Tensor gradient = walk(trace, {{value, seed}}, find_recipe("gradient")).at(graph.inputs()[0]);
      const Tensor support = gradient.abs().sum(at::IntArrayRef{0, 1}) > 0;
      const Region box = receptive_box(trace, value, y, x);
      ASSERT_EQ(box.extents.size(), 2u);
      Tensor expected = support * false;
      expected.narrow(0, box.extents[0].begin, box.extents[0].end - box.extents[0].begin)
          .narrow(1, box.extents[1].begin, box.extents[1].end - box.extents[1].begin)
          .fill_(true);
      EXPECT_TRUE(support.equal(expected)) << name << " " << y << "," << x;
    }
  }
}

TEST(inspect, counts_parameters_and_multiply_adds) {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 10, 12}), 3, 8, 3, 1, 1)});
  x = net.conv(x, 8, 8, 3, 2, 1, 8);  // depthwise
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 8, 5);
  const ModelReport report = inspect(net.model());
  EXPECT_EQ(report.nodes[0].parameters, 8 * 3 * 9 + 8);
  EXPECT_EQ(report.nodes[0].macs, 8 * 3 * 9 * 10 * 12);
  EXPECT_EQ(report.nodes[2].macs, 8 * 9 * 5 * 6);
  EXPECT_EQ(report.nodes.back().macs, 8 * 5);
  EXPECT_EQ(report.parameters, 224 + 80 + 45);
  EXPECT_EQ(report.macs, 25920 + 2160 + 40);
  EXPECT_EQ(report.logits_shape, (Shape{1, 5}));
  EXPECT_EQ(report.cam_layer, "Conv_2");
}

}  // namespace
}  // namespace fovea

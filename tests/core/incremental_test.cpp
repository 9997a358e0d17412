// Incremental runs against whole ones, on networks of every geometry.
// SPDX-License-Identifier: Apache-2.0
#include "core/incremental.h"

#include <gtest/gtest.h>

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;
using Ints = std::vector<std::int64_t>;

constexpr std::int64_t height = 33;
constexpr std::int64_t width = 29;

/// Overlapping max-pools that round up, LRN, a fully connected end.
Graph classical() {
  Net net;
  ValueId x = net.conv(net.input("x", {-1, 3, height, width}), 3, 6, 5, 2, 1);
  x = net.node("MaxPool", {x},  // of signed values: a border of zeros would show
               attributes({{"kernel_shape", Ints{3, 3}},
                           {"strides", Ints{2, 2}},
                           {"pads", Ints{1, 1, 1, 1}},
                           {"ceil_mode", std::int64_t{1}}}));
  x = net.node("LRN", {x}, attributes({{"size", std::int64_t{3}}, {"alpha", 0.1}}));
  x = net.node("Relu", {net.conv(x, 6, 8, 3, 1, 1)}, {}, "features");
  const ValueId flat = net.node("Flatten", {x});
  const Graph so_far = net.graph();
  const std::int64_t features = run(so_far, at::zeros({1, 3, height, width})).value(flat).size(1);
  net.gemm(flat, features, 4);
  return net.graph();
}

/// Branches of unlike windows that are joined, a residual sum, batch norm, dilation, groups, padded average pools.
Graph branched() {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, height, width}), 3, 6, 3, 1, 1)});
  const ValueId near = net.conv(x, 6, 4, 1);
  const ValueId far =
      net.node("Conv", {x, net.constant(test::random_normal({4, 3, 3, 3}, 5))},
               attributes({{"pads", Ints{2, 1, 2, 3}}, {"dilations", Ints{2, 2}}, {"group", std::int64_t{2}}}));
  const ValueId pooled =
      net.node("AveragePool", {x}, attributes({{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}}));
  x = net.node("Concat", {near, far, pooled}, attributes({{"axis", std::int64_t{1}}}), "joined");
  x = net.node("BatchNormalization",
               {x, net.constant(test::random_normal({14}, 1)), net.constant(test::random_normal({14}, 2)),
                net.constant(test::random_normal({14}, 3)), net.constant(test::random_normal({14}, 4).abs() + 0.5)});
  const ValueId inner = net.conv(net.node("Relu", {x}), 14, 14, 3, 1, 1);
  x = net.node("Add", {inner, x});
  x = net.node("AveragePool", {x},
               attributes({{"kernel_shape", Ints{3, 3}},
                           {"strides", Ints{2, 2}},
                           {"pads", Ints{1, 1, 0, 0}},
                           {"count_include_pad", std::int64_t{1}}}));
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x}, {}, "mean")}), 14, 4);
  return net.graph();
}

/// A gate computed from everything, a constant per position, sizes read at run time.
Graph gated() {
  Net net;
  const ValueId stem = net.conv(net.input("x", {-1, 3, height, width}), 3, 4, 3, 2, 1);
  const ValueId bias = net.constant(test::random_normal({1, 4, 17, 15}, 8));
  const ValueId x = net.node("HardSwish", {net.node("Add", {stem, bias})}, {}, "features");
  const ValueId gate = net.node("Sigmoid", {net.conv(net.node("GlobalAveragePool", {x}), 4, 4, 1)});
  const ValueId y = net.node("GlobalMaxPool", {net.node("Mul", {x, gate})});
  const ValueId batch = net.node("Gather", {net.node("Shape", {x}), net.constant(at::zeros({1}, at::kLong))},
                                 attributes({{"axis", std::int64_t{0}}}));
  const ValueId sizes =
      net.node("Concat", {batch, net.constant(at::full({1}, -1, at::kLong))}, attributes({{"axis", std::int64_t{0}}}));
  net.gemm(net.node("Reshape", {y, sizes}), 4, 4);
  return net.graph();
}

struct Swept {
  std::vector<Place> places;
  Tensor boxes;     ///< [B,3,7,6]
  Tensor pictures;  ///< [B,3,H,W] with the boxes laid in
};

Swept sweep(const Tensor& picture) {
  Swept swept;
  for (const std::int64_t y : {0, 5, 13, 26}) {
    for (const std::int64_t x : {0, 9, 14, 23}) swept.places.push_back({y, x});
  }
  const auto count = static_cast<std::int64_t>(swept.places.size());
  swept.boxes = test::random_normal({count, 3, 7, 6}, 77, picture.scalar_type());
  swept.pictures = picture.repeat({count, 1, 1, 1});
  for (std::int64_t b = 0; b < count; ++b) {
    const Place& at = swept.places[static_cast<std::size_t>(b)];
    swept.pictures[b].narrow(1, at.y, 7).narrow(2, at.x, 6).copy_(swept.boxes[b]);
  }
  return swept;
}

class incremental : public ::testing::TestWithParam<Graph (*)()> {};

TEST_P(incremental, equals_whole_runs) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const Graph graph = to_type(GetParam()(), type);
    const Tensor picture = test::random_normal({1, 3, height, width}, 3, type);
    const Trace base = run(graph, picture, {.tape = Tape::none});
    const Swept swept = sweep(picture);
    const Incremental engine(base, {graph.logits()});
    const auto changed = engine.run({swept.boxes, swept.places});
    const Tensor expected = run(graph, swept.pictures, {.tape = Tape::none}).scores();
    EXPECT_LE(test::relative_error(engine.whole(0, changed[0]), expected), type == at::kFloat ? 1e-6 : 1e-13);
    EXPECT_GT(test::relative_error(base.scores().expand(expected.sizes()), expected), 1e-4) << "nothing changed";
  }
}

TEST_P(incremental, keeps_what_is_known_of_maps) {
  const Graph graph = GetParam()();
  const Tensor picture = test::random_normal({1, 3, height, width}, 3);
  const Trace base = run(graph, picture, {.tape = Tape::none});
  ValueId map = no_value;
  for (const Node& node : graph.nodes()) {
    if (base.value(node.outputs[0]).dim() == 4 && base.value(node.outputs[0]).size(2) > 4) map = node.outputs[0];
  }
  const Swept swept = sweep(picture);
  const Incremental engine(base, {graph.logits(), map});
  const auto changed = engine.run({swept.boxes, swept.places});
  const Tensor expected = run(graph, swept.pictures, {.tape = Tape::none}).value(map);
  EXPECT_LE(test::relative_error(engine.whole(1, changed[1]), expected), 1e-6);
  EXPECT_LE(test::relative_error(engine.channel_sum(1, changed[1], 2), expected.select(1, 2).flatten(1).sum(1)), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(incremental, incremental, ::testing::Values(classical, branched, gated));

// A 1x1 convolution over 8 x 8: the box's 6 positions of 64; the convolution after the flattening is whole.
TEST(incremental_macs, are_those_of_the_clipped_boxes) {
  Net net;
  const ValueId x = net.conv(net.input("x", {-1, 2, 8, 8}), 2, 5, 1);
  net.gemm(net.node("Flatten", {x}), 320, 3);
  const Graph graph = net.graph();
  const Trace base = run(graph, test::random_normal({1, 2, 8, 8}, 1), {.tape = Tape::none});
  const Incremental engine(base, {graph.logits()});
  EXPECT_EQ(engine.whole_macs(), 64 * 10 + 960);
  EXPECT_EQ(engine.macs({0, 0}, 2, 3), 6 * 10 + 960);
  EXPECT_EQ(engine.macs({7, 6}, 2, 3), 2 * 10 + 960) << "clipped at the corner";
}

TEST(incremental_macs, of_a_batch_grow_with_the_box) {
  const Graph graph = classical();
  const Trace base = run(graph, test::random_normal({1, 3, height, width}, 3), {.tape = Tape::none});
  const Incremental engine(base, {graph.logits()});
  EXPECT_LT(engine.bytes_per_picture(4, 4), engine.bytes_per_picture(16, 16));
  EXPECT_LT(engine.macs({8, 8}, 4, 4), engine.macs({8, 8}, 16, 16));
}

// A field of half the sides leaves out what lies outside: close, not equal.
TEST(incremental_field, cuts_boxes_about_their_middle) {
  const Graph graph = branched();
  const Tensor picture = test::random_normal({1, 3, height, width}, 3);
  const Trace base = run(graph, picture, {.tape = Tape::none});
  const Swept swept = sweep(picture);
  const Tensor expected = run(graph, swept.pictures, {.tape = Tape::none}).scores();
  const Tensor none = base.scores().expand(expected.sizes());
  double error = 0;
  for (const double field : {0.9, 0.3}) {
    const Incremental engine(base, {graph.logits()}, field);
    const auto changed = engine.run({swept.boxes, swept.places});
    const double now = test::relative_error(engine.whole(0, changed[0]) - none, expected - none);
    EXPECT_GE(now, error);
    error = now;
  }
  EXPECT_GT(error, 1e-3);
  EXPECT_LT(error, 1) << "worse than no answer";
}

}  // namespace
}  // namespace fovea

// Receptive fields of units against those of inspect, their growth by hand, the effective field against an explicit
// gradient.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include <ATen/ops/ones.h>

#include <fovea/show.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::failure_of;
using test::holds;
using test::Net;
using Ints = std::vector<std::int64_t>;

/// conv 5x5 of stride 2, relu, a residual block of 3x3, max-pool 2x2, global average, fully connected.
struct Tower {
  Net net;
  ValueId x = net.input("x", {-1, 3, 32, 32});
  ValueId conv1 = net.conv(x, 3, 4, 5, 2, 2);
  ValueId relu1 = net.node("Relu", {conv1}, {}, "relu1");
  ValueId sum = net.node("Add", {net.conv(relu1, 4, 4, 3, 1, 1), relu1}, {}, "sum");
  ValueId pool =
      net.node("MaxPool", {sum}, attributes({{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}), "pool");
  ValueId flat = net.node("Flatten", {net.node("GlobalAveragePool", {pool})}, {}, "flat");
  ValueId scores = net.gemm(flat, 4, 5);
  Graph graph = net.graph();
  Trace trace = run(graph, test::random_normal({1, 3, 32, 32}, 1), {.tape = Tape::none});
};

TEST(fields, a_unit_in_the_middle_and_one_in_a_corner) {
  const Tower tower;
  const UnitField middle = unit_field(tower.trace, tower.sum);
  EXPECT_EQ(middle.value, "sum");
  EXPECT_EQ(middle.unit, (std::array<std::int64_t, 2>{8, 8}));
  EXPECT_EQ(middle.field.size, (std::array<std::int64_t, 2>{9, 9}));
  EXPECT_EQ(middle.centre, (std::array<double, 2>{16, 16}));
  EXPECT_EQ(middle.endless()[0], (Extent{12, 21}));
  EXPECT_EQ(middle.box.extents, (std::vector<Extent>{{12, 21}, {12, 21}}));
  EXPECT_DOUBLE_EQ(middle.share(), 81.0 / (32 * 32));
  const UnitField corner = unit_field(tower.trace, tower.sum, 0, 15);
  EXPECT_EQ(corner.endless()[0], (Extent{-4, 5}));
  EXPECT_EQ(corner.endless()[1], (Extent{26, 35}));
  EXPECT_EQ(corner.box.extents, (std::vector<Extent>{{0, 5}, {26, 32}}));
}

TEST(fields, endless_boxes_are_the_boxes_wherever_no_border_cuts) {
  const Tower tower;
  for (const ValueId value : {tower.conv1, tower.sum, tower.pool}) {
    const Tensor& map = tower.trace.value(value);
    for (std::int64_t y = 0; y < map.size(2); ++y) {
      const UnitField unit = unit_field(tower.trace, value, y, map.size(3) / 2);
      const Extent endless = unit.endless()[0];
      EXPECT_EQ(unit.box.extents[0],
                (Extent{std::max<std::int64_t>(0, endless.begin), std::min<std::int64_t>(32, endless.end)}));
    }
  }
}

TEST(fields, what_has_none) {
  const Tower tower;
  EXPECT_TRUE(holds(failure_of([&] { unit_field(tower.trace, tower.scores); }), "has no positions"));
  EXPECT_TRUE(holds(failure_of([&] { unit_field(tower.trace, tower.sum, 16, 0); }),
                    "usage: there is no row 16: 'sum' has 16 x 16 units"));
  EXPECT_TRUE(holds(failure_of([&] { unit_field(tower.trace, tower.sum, 0, 99); }), "there is no column 99"));
  const auto constant = static_cast<ValueId>(tower.x + 1);
  EXPECT_TRUE(holds(failure_of([&] { unit_field(tower.trace, constant); }), "is a constant"));
}

TEST(fields, growth_lists_bottlenecks_where_the_field_changes) {
  const Tower tower;
  std::vector<std::string> names;
  std::vector<std::int64_t> sides;
  for (const UnitField& unit : field_growth(tower.trace)) {
    names.push_back(unit.value);
    sides.push_back(unit.field.size[0]);
  }
  EXPECT_EQ(sides, (Ints{5, 9, 11}));
  ASSERT_EQ(names.size(), 3u);
  EXPECT_EQ(names[1], "sum");
  EXPECT_EQ(names[2], "pool");
  Net flat;
  flat.gemm(flat.input("x", {-1, 6}), 6, 2);
  const Graph graph = flat.graph();
  const Trace trace = run(graph, test::random_normal({1, 6}, 1), {.tape = Tape::none});
  EXPECT_TRUE(holds(failure_of([&] { field_growth(trace); }), "usage: no value with positions"));
}

TEST(fields, effective_field_of_one_linear_layer_is_its_weights) {
  // d (sum_k y_k) / d x_c(p) = sum_k w_k,c(p): its magnitude, summed over c, wherever the unit looks.
  Net net;
  const ValueId y = net.conv(net.input("x", {-1, 2, 9, 9}), 2, 3, 3, 1, 1);
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::random_normal({1, 2, 9, 9}, 1), {.tape = Tape::none});
  const UnitField unit = unit_field(trace, y, 4, 5);
  const auto input = [](std::int64_t i) {
    return test::random_normal({1, 2, 9, 9}, 10 + static_cast<std::uint64_t>(i));
  };
  const EffectiveField effective = effective_field(graph, unit, 3, input);
  Tensor weights;
  for (const Tensor& weight : graph.weights()) {
    if (weight.defined() && weight.dim() == 4) weights = weight;
  }
  const Tensor expected = weights.sum(0).abs().sum(0);
  EXPECT_EQ(effective.map.sizes(), (at::IntArrayRef{9, 9}));
  EXPECT_LT(test::largest_difference(effective.map.narrow(0, 3, 3).narrow(1, 4, 3), expected), 1e-6);
  EXPECT_NEAR(effective.map.sum().item<double>(), expected.sum().item<double>(), 1e-5) << "nothing outside";
  EXPECT_EQ(effective.inputs, 3);
  const double above = expected.gt(0.0455 * expected.max().item<double>()).sum().item<double>();
  EXPECT_NEAR(effective.side, std::sqrt(above), 1e-9);
}

TEST(fields, effective_field_is_a_mean_over_inputs) {
  const Tower tower;
  const UnitField unit = unit_field(tower.trace, tower.pool, 4, 4);
  const auto input = [](std::int64_t i) { return test::random_normal({1, 3, 32, 32}, static_cast<std::uint64_t>(i)); };
  const auto second = [&](std::int64_t) { return input(1); };
  const Tensor both = effective_field(tower.graph, unit, 2, input).map;
  const Tensor one = effective_field(tower.graph, unit, 1, input).map;
  const Tensor other = effective_field(tower.graph, unit, 1, second).map;
  EXPECT_LT(test::relative_error(both, (one + other) / 2), 1e-6);
  const UnitField middle = unit_field(tower.trace, tower.pool);
  Tensor outside = effective_field(tower.graph, middle, 1, input).map.clone();
  outside.narrow(0, middle.box.extents[0].begin, middle.field.size[0])
      .narrow(1, middle.box.extents[1].begin, middle.field.size[1])
      .fill_(0);
  EXPECT_EQ(outside.max().item<double>(), 0) << "never outside the receptive field";
  EXPECT_TRUE(holds(failure_of([&] { effective_field(tower.graph, unit, 0, input); }), "at least one input"));
}

}  // namespace
}  // namespace fovea

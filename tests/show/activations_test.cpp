// What channels do, by hand, and where their maps lie on the picture, against the receptive fields.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include <fovea/show.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::Net;
using test::tensor;
using Channels = std::vector<std::int64_t>;

TEST(activations, figures_by_hand) {
  const Tensor value = tensor({0, 2, 5, 5, 0, 0, 0, 0, 1, 0, 0, 3}, {1, 3, 2, 2});
  const ActivationReport report = inspect_activations(value);
  EXPECT_EQ(report.shape, (Shape{3, 2, 2}));
  EXPECT_EQ(report.channels[0].maximum, 5);
  EXPECT_EQ(report.channels[0].total, 12);
  EXPECT_EQ(report.channels[0].zeros, 0.25);
  EXPECT_EQ(report.channels[0].peak, (std::array<std::int64_t, 2>{1, 0})) << "the first of two";
  EXPECT_TRUE(report.channels[1].dead);
  EXPECT_EQ(report.dead, (Channels{1}));
  EXPECT_EQ(report.maximum, 5);
  EXPECT_EQ(report.minimum, 0);
  EXPECT_DOUBLE_EQ(report.zeros, 7.0 / 12);
  EXPECT_FALSE(report.is_signed());
  EXPECT_EQ(ordered_channels(report, ChannelOrder::strength), (Channels{0, 2, 1}));
  EXPECT_EQ(ordered_channels(report, ChannelOrder::number), (Channels{0, 1, 2}));
  ASSERT_EQ(report.verdict.size(), 4u);
  EXPECT_EQ(report.verdict[0], "strongest channels by maximum: 0 (5), 2 (3)");
  EXPECT_EQ(report.verdict[1], "strongest by total over positions: 0 (12), 2 (4)");
  EXPECT_EQ(report.verdict[2], "1 of 3 channels are dead on this picture (all zero): 1");
  EXPECT_EQ(report.verdict[3], "58.3 % of the numbers are zero, the others go up to 5");
}

TEST(activations, values_without_positions_have_names) {
  const ActivationReport report =
      inspect_activations(tensor({-1, 3, 2, 0}, {1, 4}), {"heron", "stork", "ibis", "egret"});
  EXPECT_FALSE(report.has_positions());
  EXPECT_TRUE(report.is_signed());
  EXPECT_EQ(report.negative, 0.25);
  EXPECT_EQ(report.verdict.front(), "largest: 1 stork (3); 2 ibis (2); 0 heron (-1)");
  EXPECT_EQ(report.verdict.back(), "numbers from -1 to 3, 25 % of them negative, 25 % zero");
  EXPECT_FALSE(inspect_activations(tensor({1, 2}, {1, 2, 1, 1})).has_positions()) << "one position is none";
}

TEST(activations, refuses_what_is_no_value_of_one_picture) {
  EXPECT_TRUE(holds(failure_of([] {
                      inspect_activations(test::random_normal({2, 3, 4, 4}, 1));
                    }),
                    "shape: activations"));
  EXPECT_TRUE(holds(failure_of([] { inspect_activations(test::random_normal({2, 3}, 1)); }), "found [2,3]"));
  EXPECT_TRUE(holds(failure_of([] { inspect_activations({}); }), "shape: "));
  EXPECT_TRUE(holds(failure_of([] { inspect_activations(tensor({1, 2}, {1, 2}, at::kLong)); }), "shape: "));
  const Tensor broken = tensor({1, std::numeric_limits<double>::quiet_NaN()}, {1, 2});
  EXPECT_TRUE(holds(failure_of([&] { inspect_activations(broken); }), "format: the activations hold NaN"));
}

TEST(activations, maps_lie_where_their_units_look) {
  Net net;
  ValueId x = net.input("x", {-1, 1, 40, 40});
  net.conv(net.conv(x, 1, 1, 5, 2, 0), 1, 1, 3, 2, 0);  // no pads: the outermost centres lie 4 px inside
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::random_normal({1, 1, 40, 40}, 1), {.tape = Tape::none});
  const ReceptiveField field = receptive_field(trace, graph.logits()).value();
  EXPECT_EQ(field.first_centre[0], 4);
  EXPECT_EQ(field.stride[0], 4);
  const std::int64_t side = trace.value(graph.logits()).size(2);
  Tensor map = test::random_normal({side, side}, 2);
  const Tensor laid = lay_over(map, field, 40, 40);
  for (std::int64_t y = 0; y < side; ++y) {
    for (std::int64_t unit = 0; unit < side; ++unit) {
      EXPECT_NEAR(laid[4 + 4 * y][4 + 4 * unit].item<double>(), map[y][unit].item<double>(), 1e-6);
    }
  }
  EXPECT_NEAR(laid[0][0].item<double>(), map[0][0].item<double>(), 1e-6) << "beyond the outermost centre, its own";
  EXPECT_NEAR(laid[4][6].item<double>(), (map[0][0] + map[0][1]).item<double>() / 2, 1e-6) << "between two";
}

TEST(activations, maps_without_a_field_are_stretched) {
  const Tensor map = test::random_normal({3, 4}, 1);
  EXPECT_TRUE(lay_over(map, std::nullopt, 12, 9).equal(resize_map(map, 12, 9)));
  EXPECT_EQ(lay_over(tensor({7}, {1, 1}), ReceptiveField{{9, 9}, {0, 0}, {4, 4}}, 9, 9).min().item<double>(), 7);
  EXPECT_EQ(lay_over(tensor({1, 2}, {1, 2}), ReceptiveField{{3, 3}, {1, 2}, {0, 0}}, 4, 2)[1][3].item<double>(), 2);
  EXPECT_TRUE(holds(failure_of([] { lay_over(test::random_normal({1, 2, 2}, 1), std::nullopt, 4, 4); }), "shape: "));
}

}  // namespace
}  // namespace fovea

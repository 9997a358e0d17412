// What filters do on pictures, by hand on one convolution whose filters pick single px.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <numeric>

#include <fovea/filters.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::failure_of;
using test::holds;
using test::Net;
using Ints = std::vector<std::int64_t>;

/// x [1,1,6,6] -> conv of 3x3 with pads 1 whose filters are the middle px, its negative and nothing -> relu -> conv.
Graph picking_network() {
  Net net;
  const ValueId x = net.input("x", {-1, 1, 6, 6});
  Tensor weights = test::tensor(std::vector<double>(27, 0), {3, 1, 3, 3});
  weights[0][0][1][1].fill_(1);
  weights[1][0][1][1].fill_(-1);
  weights[2][0][0][0].fill_(1e-30);
  const ValueId conv = net.node("Conv", {x, net.constant(weights)}, attributes({{"pads", Ints{1, 1, 1, 1}}}), "conv");
  const ValueId scaled = net.node("Mul", {conv, net.constant(test::tensor({2}, {1}))}, {}, "scaled");
  const ValueId relu = net.node("Relu", {scaled}, {}, "relu");
  net.conv(relu, 3, 2, 3);
  return net.graph();
}

/// A picture whose px are numbered, and an input that is `peak` at one of them.
Image numbered() {
  Image image = make_image(6, 6);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(i / 3);
  return image;
}

Tensor spike(std::int64_t y, std::int64_t x, double peak) {
  Tensor input = test::tensor(std::vector<double>(36, 0), {1, 1, 6, 6});
  input[0][0][y][x].fill_(peak);
  return input;
}

TEST(filter_watch, strongest_places_and_their_patches) {
  const Graph graph = picking_network();
  FilterWatch watch(graph, "", 2);
  EXPECT_EQ(watch.read_at(), "relu");
  watch.look(spike(2, 3, 1), numbered());
  watch.look(spike(0, 0, 4), numbered());
  watch.look(spike(4, 4, 2), numbered());
  watch.look(spike(3, 3, -5), numbered());
  EXPECT_EQ(watch.pictures(), 4);
  EXPECT_EQ(watch.field(), (std::array<std::int64_t, 2>{3, 3}));
  const FilterActivity& first = watch.filters()[0];
  EXPECT_EQ(first.maximum, 8) << "doubled by the Mul";
  EXPECT_EQ(first.active, 3);
  EXPECT_EQ(first.places, 4 * 36);
  EXPECT_EQ(std::accumulate(first.histogram.begin(), first.histogram.end(), std::int64_t{0}), 3);
  ASSERT_EQ(first.patches.size(), 2u) << "as many as wanted";
  EXPECT_EQ(first.patches[0].picture, 1);
  EXPECT_EQ(first.patches[0].image.width, 2) << "cut off at the corner";
  EXPECT_EQ(first.patches[0].place, (std::array<std::int64_t, 2>{1, 1}));
  EXPECT_EQ(first.patches[1].picture, 2);
  EXPECT_EQ(first.patches[1].image.width, 3);
  EXPECT_EQ(first.patches[1].image.rgb[0], 3 * 6 + 3) << "from one px up and left of the place";
  EXPECT_EQ(watch.filters()[1].patches.front().picture, 3);
  EXPECT_EQ(watch.activation_maxima()[0], 8);
}

TEST(filter_watch, dead_units_are_found_by_activity) {
  const Graph graph = picking_network();
  FilterWatch watch(graph);
  watch.look(spike(2, 3, 1), numbered());
  EXPECT_TRUE(watch.filters()[1].patches.empty());
  const FilterReport report = inspect_filters(graph, "", watch.activation_maxima());
  EXPECT_FALSE(report.filters[0].dead);
  EXPECT_TRUE(report.filters[1].dead) << "its norm is as the first one's, but it never was active";
}

TEST(filter_watch, histograms_hold_every_strength_whatever_comes_first) {
  const Graph graph = picking_network();
  FilterWatch watch(graph);
  for (const double peak : {0.001, 1.0, 0.5, 37.0, 3.0}) watch.look(spike(2, 2, peak), numbered());
  const FilterActivity& filter = watch.filters()[0];
  EXPECT_GE(filter.range, 74);
  EXPECT_LT(filter.range, 2 * 74);
  const auto bin = [&](double activation) {
    return filter
        .histogram[static_cast<std::size_t>(activation / filter.range * static_cast<double>(filter.histogram.size()))];
  };
  EXPECT_EQ(bin(74), 1);
  EXPECT_EQ(bin(6), 1);
  EXPECT_EQ(bin(0.001), 2 + (bin(2) == bin(0.001) ? 1 : 0)) << "the small ones share a bin";
}

TEST(filter_watch, reads_the_convolution_where_others_read_it_too) {
  Net net;
  const ValueId conv = net.conv(net.input("x", {-1, 3, 8, 8}), 3, 4, 3, 1, 1);
  net.node("Add", {net.node("Relu", {conv}, {}, "relu"), conv}, {}, "sum");
  const Graph graph = net.graph();
  EXPECT_NE(FilterWatch(graph).read_at(), "relu");
}

TEST(filter_watch, refuses_what_does_not_fit) {
  const Graph graph = picking_network();
  FilterWatch watch(graph);
  EXPECT_TRUE(holds(failure_of([&] { watch.look(spike(0, 0, 1), make_image(5, 6)); }), "shape: filters look at one"));
  EXPECT_TRUE(holds(failure_of([&] { FilterWatch(graph, "relu"); }), "expected a Conv"));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/technique.h>

#include "support/net.h"

namespace fovea {
namespace {

const Image seen = make_image(8, 6, {100, 120, 140});

TEST(draw, heat_maps_lie_over_the_picture_at_its_size) {
  Map map{.values = test::tensor({0, 0, 0, 1}, {2, 2})};
  const Image hot = rasterise(draw(map, seen));
  EXPECT_EQ(hot.width, 8);
  EXPECT_EQ(hot.height, 6);
  const auto brightness = [&](int x, int y) { return hot.at(x, y)[0] + hot.at(x, y)[1] + hot.at(x, y)[2]; };
  EXPECT_GT(brightness(7, 5), brightness(0, 0) + 100) << "the strong corner is the bright one";
}

TEST(draw, signed_maps_are_red_and_blue_about_grey) {
  const Image both = rasterise(draw({.values = test::tensor({-1, 1}, {1, 2}), .drawing = Drawing::signed_heat}, seen));
  EXPECT_GT(both.at(0, 3)[2], both.at(0, 3)[0]) << "negative: blue";
  EXPECT_GT(both.at(7, 3)[0], both.at(7, 3)[2]) << "positive: red";
}

TEST(draw, pictures_show_true_colours_whatever_the_networks_channel_order) {
  Map map{.values = test::tensor({1, 0, 0}, {3, 1, 1}), .drawing = Drawing::signed_rgb};
  EXPECT_GT(rasterise(draw(map, seen)).at(0, 0)[0], rasterise(draw(map, seen)).at(0, 0)[2]);
  map.channels = "BGR";
  EXPECT_GT(rasterise(draw(map, seen)).at(0, 0)[2], rasterise(draw(map, seen)).at(0, 0)[0]);
}

TEST(draw, one_spike_does_not_darken_a_fine_map) {
  Tensor values = test::random_normal({100, 100}, 1).abs();
  const Image before = rasterise(draw({.values = values}, seen));
  values[50][50] = 1e6;
  const Image after = rasterise(draw({.values = values}, seen));
  EXPECT_NEAR(after.at(1, 1)[0], before.at(1, 1)[0], 10);
}

TEST(draw, one_spike_does_not_grey_a_fine_signed_map_out) {
  Tensor values = test::random_normal({100, 100}, 1);
  const Image before = rasterise(draw({.values = values, .drawing = Drawing::signed_heat}, seen));
  values[50][50] = -1e6;
  const Image after = rasterise(draw({.values = values, .drawing = Drawing::signed_heat}, seen));
  double change = 0;
  for (std::size_t i = 0; i < before.rgb.size(); ++i) change += std::abs(int{before.rgb[i]} - int{after.rgb[i]});
  EXPECT_LT(change / static_cast<double>(before.rgb.size()), 10);
}

TEST(draw, panels_lie_beside_the_map_and_classes_have_a_colour_each) {
  Map map{.values = test::tensor({0, 0, 0, 1}, {2, 2})};
  map.panels.push_back({.name = "a class", .values = test::tensor({7, 7, 7, 9}, {2, 2}, at::kLong), .classes = true});
  const Image sheet = rasterise(draw(map, seen));
  EXPECT_GT(sheet.width, 3 * 200);
  std::set<std::array<std::uint8_t, 3>> colours;  // of the third tile
  for (int y = 0; y < sheet.height; ++y) {
    for (int x = sheet.width * 2 / 3 + 20; x < sheet.width; ++x)
      colours.insert({sheet.at(x, y)[0], sheet.at(x, y)[1], sheet.at(x, y)[2]});
  }
  EXPECT_TRUE(colours.contains({230, 159, 0})) << "class 7";
  EXPECT_TRUE(colours.contains({86, 180, 233})) << "class 9";
}

TEST(draw, refuses_what_has_no_positions) { EXPECT_THROW(draw({.values = test::tensor({1, 2}, {2})}, seen), Error); }

}  // namespace
}  // namespace fovea

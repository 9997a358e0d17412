// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include <fovea/clip.h>
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

/// How bright the places of a map of 1 x 3 are that is drawn over grey.
std::array<int, 3> brightness_of(const Map& map, double strength = 0) {
  const Image drawn = draw(map, make_image(9, 3, {100, 100, 100}), strength);
  std::array<int, 3> brightness{};
  for (int i = 0; i < 3; ++i) {
    const std::uint8_t* pixel = drawn.at(4 * i, 1);
    brightness[static_cast<std::size_t>(i)] = pixel[0] + pixel[1] + pixel[2];
  }
  return brightness;
}

TEST(draw, a_level_runs_from_its_lowest_value_to_its_highest) {
  const auto level = [](double offset, double scale) {
    return Map{.values = test::tensor({0, 1, 2}, {1, 3}) * scale + offset, .drawing = Drawing::level};
  };
  const std::array<int, 3> as_heat = brightness_of({.values = test::tensor({0, 1, 2}, {1, 3})});
  EXPECT_EQ(brightness_of(level(0, 1)), as_heat);
  EXPECT_EQ(brightness_of(level(1000, 1)), as_heat) << "an offset changes nothing";
  EXPECT_EQ(brightness_of(level(-8, 1)), as_heat) << "nor does its sign";
  EXPECT_EQ(brightness_of(level(4, 0.125)), as_heat);
  const Map heat{.values = test::tensor({1000, 1001, 1002}, {1, 3})};
  EXPECT_LT(brightness_of(heat)[2] - brightness_of(heat)[0], 5) << "heat begins at zero: here all is one yellow";
}

TEST(draw, an_even_level_is_drawn_plainly) {
  const Map even{.values = test::tensor({5, 5, 5}, {1, 3}), .drawing = Drawing::level};
  const Map rounded{.values = test::tensor({5, 5.0000005, 5}, {1, 3}), .drawing = Drawing::level};
  const std::array<int, 3> nothing = brightness_of({.values = test::tensor({0, 0, 0}, {1, 3})});
  EXPECT_EQ(brightness_of(even), nothing);
  EXPECT_EQ(brightness_of(rounded), nothing) << "what differs by rounding alone is not stretched";
  EXPECT_EQ(strength_of(even), 0);
}

TEST(draw, levels_of_several_frames_share_a_scale_and_not_an_offset) {
  const Map strong{.values = test::tensor({7, 8, 9}, {1, 3}), .drawing = Drawing::level};
  const Map weak{.values = test::tensor({3, 3.5, 4}, {1, 3}), .drawing = Drawing::level};
  EXPECT_EQ(strength_of(strong), 2);
  EXPECT_EQ(strength_of(weak), 1);
  EXPECT_EQ(brightness_of(strong, 2), brightness_of(strong));
  EXPECT_EQ(brightness_of(weak, 2)[2], brightness_of(strong)[1]) << "half as strong at most";
}

TEST(draw, a_level_says_its_range) {
  EXPECT_EQ(range_text(test::tensor({0.25, 0.5}, {1, 2}), Drawing::level), "0.25 to 0.5");
  EXPECT_EQ(range_text(test::tensor({0.25, 0.5}, {1, 2}), Drawing::heat), "");
}

/// A ring's middle lies in the other class, where its number would be misread.
TEST(draw, a_class_is_numbered_inside_itself) {
  Tensor classes = test::tensor({0}, {1, 1}, at::kLong).expand({9, 9}).clone();
  classes.narrow(0, 2, 4).narrow(1, 2, 4).fill_(1);  // rows and columns 2 to 5
  const Map map{.values = test::tensor({0, 0, 0, 1}, {2, 2}),
                .panels = {{.name = "classes", .values = classes, .classes = true}}};
  const Image sheet = rasterise(draw(map, make_image(224, 224)));
  const auto is_ring = [&](int x, int y) { return sheet.at(x, y)[0] == 230 && sheet.at(x, y)[1] == 159; };
  int left = sheet.width;  // of the tile, whose border is the ring's
  int right = 0;
  int top = sheet.height;
  int bottom = 0;
  for (int y = 0; y < sheet.height; ++y) {
    for (int x = 0; x < sheet.width; ++x) {
      if (!is_ring(x, y)) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
      top = std::min(top, y);
      bottom = std::max(bottom, y + 1);
    }
  }
  int of_ring = 0;  // dark pixels by where they are
  int of_square = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      if (sheet.at(x, y)[0] + sheet.at(x, y)[1] + sheet.at(x, y)[2] > 200) continue;
      const int column = (x - left) * 9 / (right - left);
      const int row = (y - top) * 9 / (bottom - top);
      ++(column >= 2 && column <= 5 && row >= 2 && row <= 5 ? of_square : of_ring);
    }
  }
  EXPECT_GT(of_ring, 5);
  EXPECT_GT(of_square, 5);
}

TEST(draw, refuses_what_has_no_positions) { EXPECT_THROW(draw({.values = test::tensor({1, 2}, {2})}, seen), Error); }

}  // namespace
}  // namespace fovea

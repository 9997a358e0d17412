// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include <fovea/plot.h>

namespace fovea {
namespace {

std::int64_t pixels_of(const Image& image, Colour colour) {
  std::int64_t count = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) count += std::equal(colour.begin(), colour.end(), image.at(x, y)) ? 1 : 0;
  }
  return count;
}

TEST(plot, lines_are_drawn_in_their_colours_where_they_belong) {
  const Colour red{200, 0, 0};
  const Colour blue{0, 0, 200};
  const Plot plot{
      .title = "t", .x_label = "x", .lines = {{"up", {0, 10}, {0, 1}, red}, {"flat", {0, 10}, {1, 1}, blue}}};
  const Image image = rasterise(draw_plot(plot));
  EXPECT_EQ(image.width, 640);
  EXPECT_GT(pixels_of(image, red), 200);
  EXPECT_GT(pixels_of(image, blue), 400);
  int lowest_blue = 0;
  int lowest_red = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 70; x < 500; ++x) {
      if (std::equal(blue.begin(), blue.end(), image.at(x, y))) lowest_blue = y;
      if (std::equal(red.begin(), red.end(), image.at(x, y))) lowest_red = y;
    }
  }
  EXPECT_LT(lowest_blue, 60) << "1 is the top of the axis";
  EXPECT_GT(lowest_red, 280) << "0 is its bottom";
}

TEST(plot, odd_figures_do_no_harm) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(draw_plot({.title = "none", .x_label = "", .lines = {}}).height, 360);
  const Colour red{200, 0, 0};
  const Plot one{.title = "one", .x_label = "x", .lines = {{"p", {3}, {2}, red}}};
  EXPECT_GT(pixels_of(rasterise(draw_plot(one)), red), 10);
  const Plot gaps{.title = "gaps", .x_label = "x", .lines = {{"g", {0, 1, 2, 3}, {1, nan, 2, 3}, red}}};
  EXPECT_GT(pixels_of(rasterise(draw_plot(gaps)), red), 10);
  const Plot all_nan{.title = "nan", .x_label = "x", .lines = {{"g", {0, 1}, {nan, nan}, red}}};
  EXPECT_EQ(pixels_of(rasterise(draw_plot(all_nan)), red), 0);
}

TEST(plot, an_axis_reaches_as_far_as_it_is_told) {
  const Colour red{200, 0, 0};
  Plot plot{.title = "", .x_label = "", .lines = {{"", {0, 1}, {0, 0.5}, red}}, .from_zero = true};
  const auto highest = [&] {
    const Image image = rasterise(draw_plot(plot));
    for (int y = 0; y < image.height; ++y) {
      for (int x = 70; x < image.width; ++x) {
        if (std::equal(red.begin(), red.end(), image.at(x, y))) return y;
      }
    }
    return -1;
  };
  const int alone = highest();
  plot.up_to = 1;
  EXPECT_GT(highest(), alone + 100) << "0.5 is then the middle";
  plot.up_to = 0.1;
  EXPECT_EQ(highest(), alone) << "what is drawn stays in";
}

TEST(plot, labels_of_lines_that_end_at_the_bottom_stay_on_the_picture) {
  const auto ink_of_labels = [](int lines) {
    Plot plot{.title = "many", .x_label = "x", .lines = {}, .from_zero = true};
    for (int i = 0; i < lines; ++i) plot.lines.push_back({"label", {0, 1}, {1, 0}, {200, 0, 40}});
    const Image image = rasterise(draw_plot(plot));
    std::int64_t ink = 0;
    for (int y = 0; y < image.height; ++y) {
      for (int x = image.width - 50; x < image.width; ++x)
        ink += *std::min_element(image.at(x, y), image.at(x, y) + 3) < 200;
    }
    return ink;
  };
  const std::int64_t one = ink_of_labels(1);
  EXPECT_GT(one, 20);
  EXPECT_NEAR(static_cast<double>(ink_of_labels(9)), static_cast<double>(9 * one), 0.1 * static_cast<double>(one));
}

TEST(plot, stacked_pictures_keep_their_rows) {
  const Image a = make_image(4, 2, {1, 2, 3});
  const Image b = make_image(6, 3, {4, 5, 6});
  const Image both = rasterise(stack_figures({a, b}));
  EXPECT_EQ(both.width, 6);
  EXPECT_EQ(both.height, 5);
  EXPECT_EQ(*both.at(3, 1), 1);
  EXPECT_EQ(*both.at(5, 1), 255);
  EXPECT_EQ(*both.at(5, 2), 4);
}

}  // namespace
}  // namespace fovea

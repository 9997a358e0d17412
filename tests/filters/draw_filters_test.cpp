// Pictures of filters.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <fovea/filters.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/shown.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::random_normal;
using test::tensor;

Colour at(const Image& image, int x, int y) { return {image.at(x, y)[0], image.at(x, y)[1], image.at(x, y)[2]}; }

/// Counts the pixels of a colour.
std::int64_t count(const Image& image, Colour colour) {
  std::int64_t found = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) found += at(image, x, y) == colour ? 1 : 0;
  }
  return found;
}

constexpr Colour dead_ground{205, 205, 205};
constexpr Colour orange{230, 126, 20};
constexpr Colour blue{49, 104, 163};

TEST(draw_filters, one_filter_about_mid_grey) {
  const Image grey = draw_filter(tensor({0, 2, -2, 1}, {1, 2, 2}));
  EXPECT_EQ(at(grey, 0, 0), (Colour{128, 128, 128}));
  EXPECT_EQ(at(grey, 1, 0), (Colour{255, 255, 255}));
  EXPECT_EQ(at(grey, 0, 1), (Colour{1, 1, 1}));
  EXPECT_EQ(at(grey, 1, 1), (Colour{192, 192, 192}));
  EXPECT_EQ(at(draw_filter(tensor({0, 0}, {1, 1, 2})), 1, 0), (Colour{128, 128, 128}));
}

TEST(draw_filters, colours_share_one_scale_and_follow_the_channels) {
  const Tensor filter = tensor({4, -2, 0}, {3, 1, 1});
  EXPECT_EQ(at(draw_filter(filter), 0, 0), (Colour{255, 65, 128}));
  EXPECT_EQ(at(draw_filter(filter, "BGR"), 0, 0), (Colour{128, 65, 255}));
  EXPECT_EQ(at(draw_filter(filter, "RGB", 8), 0, 0), (Colour{192, 96, 128})) << "a scale from outside";
  EXPECT_EQ(at(draw_filter(filter, "RGB", 2), 0, 0), (Colour{255, 1, 128})) << "clipped";
  EXPECT_TRUE(holds(failure_of([] { draw_filter(random_normal({2, 3, 3}, 1)); }), "shape: a filter to draw"));
}

TEST(draw_filters, dead_filters_are_crossed_out) {
  Tensor weights = random_normal({6, 3, 5, 5}, 1);
  constexpr std::int64_t some_of_the_text = 200;
  EXPECT_LT(count(rasterise(draw_filters(inspect_filters(weights))), dead_ground), some_of_the_text);
  weights[1] *= 0;
  const std::int64_t one = count(rasterise(draw_filters(inspect_filters(weights))), dead_ground);
  EXPECT_GT(one, 1000);
  weights[4] *= 0;
  EXPECT_NEAR(count(rasterise(draw_filters(inspect_filters(weights))), dead_ground), 2 * one, some_of_the_text);
}

TEST(draw_filters, aliased_filters_are_marked_and_plotted_in_their_colour) {
  const Tensor fine = tensor({1, -1, 1, -1}, {1, 1, 1, 4}).expand({3, 1, 4, 4});
  const Image still = rasterise(draw_filters(inspect_filters(fine)));
  EXPECT_EQ(count(still, orange), 0);
  EXPECT_GT(count(still, blue), 100);
  FilterLayer layer;
  layer.stride = {2, 2};
  const Image folded = rasterise(draw_filters(inspect_filters(fine, layer)));
  EXPECT_GT(count(folded, orange), 300);
  EXPECT_EQ(count(folded, blue), 0);
}

TEST(draw_filters, many_channels_are_projected) {
  // All weights vary along one direction of 8 channels: one principal direction holds them, so they have one colour.
  const Tensor direction = random_normal({1, 8, 1, 1}, 2);
  const Tensor weights = random_normal({4, 1, 5, 5}, 3) * direction;
  const Image image = rasterise(draw_filters(inspect_filters(weights)));
  const Colour first = at(image, 30, 30);
  EXPECT_TRUE(first[1] == 128 && first[2] == 128) << "the second and third direction are empty";
  EXPECT_NO_THROW(rasterise(draw_filters(inspect_filters(random_normal({4, 2, 5, 5}, 4))))) << "fewer than three";
}

TEST(draw_filters, any_number_and_size_of_filters) {
  for (const Shape& shape : std::vector<Shape>{{1, 1, 1, 1}, {3, 3, 1, 7}, {130, 3, 3, 3}, {2, 3, 300, 40}}) {
    const Image image = rasterise(draw_filters(inspect_filters(random_normal(shape, 5)), {.title = "title"}));
    EXPECT_EQ(image.width, 1120);
  }
  const Figure more = draw_filters(inspect_filters(random_normal({2000, 1, 3, 3}, 6)));
  EXPECT_EQ(test::marks_in<marks::Picture>(more).size(), 512U);
  EXPECT_TRUE(test::says(more, "512 of 2000")) << "that not all are drawn is said";
}

TEST(draw_filters, before_and_after_stand_above_each_other) {
  const Tensor weights = random_normal({16, 3, 7, 7}, 7);
  const FilterReport before = inspect_filters(weights);
  const FilterReport after = inspect_filters(renormalise(weights));
  const auto tiles_of = [](const Figure& figure) { return test::marks_in<marks::Picture>(figure); };
  const std::vector<marks::Picture> both = tiles_of(draw_filters(after, {}, &before));
  ASSERT_EQ(both.size(), 32U);
  EXPECT_GT(both[16].y, both[15].y);
  const auto scaled = tiles_of(draw_filters(before, {.common_scale = true}));
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(both[i].image->rgb, scaled[i].image->rgb) << i;
}

TEST(draw_filters, same_report_gives_the_same_bytes) {
  const FilterReport report = inspect_filters(random_normal({16, 5, 7, 7}, 8));
  EXPECT_EQ(rasterise(draw_filters(report)).rgb, rasterise(draw_filters(report)).rgb);
}

}  // namespace
}  // namespace fovea

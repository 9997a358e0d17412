// Pictures of activations: what is in them, and that any value can be drawn.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <fovea/show.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/shown.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::random_normal;
using test::tensor;

/// Counts the pixels of a colour.
std::int64_t count(const Image& image, Colour colour) {
  std::int64_t found = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) found += std::equal(colour.begin(), colour.end(), image.at(x, y)) ? 1 : 0;
  }
  return found;
}

Image drawn(const Tensor& value, const ActivationPicture& picture = {}) {
  return rasterise(draw_activations(value, inspect_activations(value), picture));
}

constexpr Colour dead_ground{205, 205, 205};

TEST(draw_activations, units_keep_their_colours) {
  // Two maps of 2 x 2 units: 0, a third, two thirds and the maximum, in tiles of 262 px.
  const Image image = drawn(tensor({0, 1, 2, 3, 0, 10, 20, 30}, {2, 2, 2}));
  constexpr std::int64_t units = 2 * 131 * 131;
  for (const double level : {0.0, 1.0 / 3, 2.0 / 3, 1.0}) {
    const std::int64_t found = count(image, colour_of("inferno", level));
    EXPECT_GE(found, units) << level;
    EXPECT_LT(found, units + 3000) << level << ": the key's bar, and text";
  }
  const Image shared = drawn(tensor({0, 1, 2, 3, 0, 10, 20, 30}, {2, 2, 2}), {.common_scale = true});
  EXPECT_GE(count(shared, colour_of("inferno", 0.1)), units / 2) << "3 of 30";
}

TEST(draw_activations, signed_maps_are_drawn_about_grey) {
  const Image image = drawn(tensor({-4, 0, 2, 4}, {1, 2, 2}));
  for (const double level : {0.0, 0.5, 0.75, 1.0}) EXPECT_GE(count(image, colour_of("diverging", level)), 131 * 131);
}

TEST(draw_activations, dead_maps_are_grey) {
  EXPECT_LT(count(drawn(tensor({1, 2, 3, 4}, {1, 2, 2})), dead_ground), 300);
  EXPECT_GE(count(drawn(tensor({1, 2, 3, 4, 0, 0, 0, 0}, {2, 2, 2})), dead_ground), 262 * 262);
}

TEST(draw_activations, more_maps_than_wanted_are_left_out) {
  const Tensor value = random_normal({100, 7, 7}, 1).abs();
  const Figure figure = draw_activations(value, inspect_activations(value), {.most = 8});
  EXPECT_TRUE(test::says(figure, "92 of 100"));
  // The strongest ones, each over its number and its maximum.
  const auto [strongest, channels] = value.amax({1, 2}).sort(0, true);
  std::vector<std::string> captions;
  for (std::int64_t i = 0; i < 8; ++i) {
    captions.push_back(std::to_string(channels[i].item<std::int64_t>()));
    char maximum[32];
    std::snprintf(maximum, sizeof maximum, "max %.3g", strongest[i].item<double>());
    captions.emplace_back(maximum);
  }
  const std::vector<std::string> texts = test::texts_in(figure);
  EXPECT_NE(std::search(texts.begin(), texts.end(), captions.begin(), captions.end()), texts.end());
}

TEST(draw_activations, maps_are_laid_over_the_picture) {
  // Where the map is 0, a white picture shines through its colour for 0 at 40 %.
  const Image seen = make_image(32, 32, {255, 255, 255});
  const Tensor value = tensor({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8}, {1, 4, 4});
  const Image whole = overlay(seen, tensor({0}, {1, 1}));
  const Colour shaded{whole.rgb[0], whole.rgb[1], whole.rgb[2]};
  EXPECT_EQ(count(drawn(value), shaded), 0);
  EXPECT_GT(count(drawn(value, {.over = &seen}), shaded), 262 * 262 / 2);
}

TEST(draw_activations, one_channel_large_with_its_box) {
  constexpr Colour box_colour{86, 180, 233};
  const Image seen = make_image(64, 64, {90, 90, 90});
  const Tensor value = random_normal({3, 8, 8}, 2).abs();
  const ActivationReport report = inspect_activations(value);
  const ActivationPicture picture{.over = &seen};
  EXPECT_EQ(count(rasterise(draw_activation(value, report, 1, picture)), box_colour), 0);
  const Region box{.empty = false, .extents = {{8, 40}, {8, 40}}};
  const Image image = rasterise(draw_activation(value, report, 1, picture, box));
  EXPECT_NEAR(count(image, box_colour), 4 * 3 * 32 * 524 / 64, 60);
  EXPECT_TRUE(holds(failure_of([&] { draw_activation(value, report, 3, picture); }), "usage: there is no channel 3"));
  const Tensor flat = random_normal({1, 5}, 1);
  EXPECT_TRUE(
      holds(failure_of([&] { draw_activation(flat, inspect_activations(flat), 0, picture); }), "without positions"));
}

TEST(draw_activations, any_shape_can_be_drawn) {
  for (const Shape& shape : std::vector<Shape>{{1, 1, 2}, {5, 300, 3}, {70, 1, 9}, {2048}, {1}, {3, 500, 500}}) {
    for (const Tensor& value : {random_normal(shape, 1), random_normal(shape, 1).abs(), random_normal(shape, 1) * 0}) {
      EXPECT_EQ(drawn(value, {.title = "title"}).width, 1120);
    }
  }
}

TEST(draw_activations, same_value_gives_the_same_bytes) {
  const Tensor value = random_normal({9, 5, 5}, 3);
  EXPECT_EQ(drawn(value).rgb, drawn(value).rgb);
}

}  // namespace
}  // namespace fovea

// Pictures of a unit's receptive field.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <fovea/show.h>

#include "support/net.h"

namespace fovea {
namespace {

constexpr Colour orange{213, 94, 0};
constexpr Colour blue{0, 114, 178};

std::int64_t count_pixels(const Image& image, Colour colour) {
  std::int64_t found = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) found += std::equal(colour.begin(), colour.end(), image.at(x, y)) ? 1 : 0;
  }
  return found;
}

/// A unit at (2, 2) of 4 x 4 with a field of `side` px every 16 px of a picture of 64 x 64.
UnitField unit_of(std::int64_t side) {
  const std::int64_t half = side / 2;
  UnitField unit{.value = "relu", .shape = {1, 8, 4, 4}, .field = {{side, side}, {16, 16}, {8, 8}}};
  unit.unit = {2, 2};
  unit.centre = {40, 40};
  unit.input = {64, 64};
  const Extent extent{std::max<std::int64_t>(0, 40 - half), std::min<std::int64_t>(64, 40 - half + side)};
  unit.box = {.empty = false, .extents = {extent, extent}};
  return unit;
}

TEST(draw_field, the_box_is_as_large_as_the_field) {
  const Image seen = make_image(64, 64, {10, 200, 30});
  const Image image = rasterise(draw_field(seen, unit_of(17), "title"));
  EXPECT_EQ(image.width, 1120);
  EXPECT_NEAR(count_pixels(image, {10, 200, 30}), 17 * 17 * 100, 17 * 4 * 60) << "inside, the picture as it is";
  EXPECT_NEAR(count_pixels(image, orange), 4 * 170 * 3, 200);
  EXPECT_GT(count_pixels(image, blue), 400) << "neighbours";
}

TEST(draw_field, what_hangs_over_the_border_has_room) {
  const Image seen = make_image(64, 64, {10, 200, 30});
  const Image inside = rasterise(draw_field(seen, unit_of(17), ""));
  const Image over = rasterise(draw_field(seen, unit_of(71), ""));
  constexpr Colour padding{236, 236, 236};
  EXPECT_LT(count_pixels(inside, padding), 500) << "the text's edges";
  EXPECT_GT(count_pixels(over, padding), 10000);
}

TEST(draw_field, heat_takes_the_place_of_the_neighbours) {
  const Image seen = make_image(64, 64, {10, 200, 30});
  const EffectiveField effective{
      .map = test::random_normal({64, 64}, 1).abs(), .side = 8, .of_peak = 0.05, .inputs = 1};
  const Image image = rasterise(draw_field(seen, unit_of(17), "", &effective));
  EXPECT_EQ(count_pixels(image, blue), 0);
  EXPECT_GT(count_pixels(image, orange), 500);
  EXPECT_EQ(rasterise(draw_field(seen, unit_of(17), "", &effective)).rgb, image.rgb);
}

TEST(draw_field, any_picture_and_field) {
  for (const auto& [height, width] : {std::array{1, 1}, {3, 900}, {2000, 1500}}) {
    UnitField unit = unit_of(5);
    unit.input = {height, width};
    unit.box = {.empty = false, .extents = {{0, 1}, {0, 1}}};
    EXPECT_EQ(draw_field(make_image(width, height), unit, "").width, 1120);
    unit.field.stride = {0, 0};
    unit.field.size = {height, width};
    EXPECT_EQ(draw_field(make_image(width, height), unit, "").width, 1120);
  }
}

}  // namespace
}  // namespace fovea

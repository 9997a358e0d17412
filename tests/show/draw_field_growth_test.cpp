// The picture of how receptive fields grow.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <fovea/show.h>

#include "support/failure.h"
#include "support/shown.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

/// Fields of growing sides about the middle of a picture of 64 x 64.
std::vector<UnitField> growth_of(std::size_t values) {
  std::vector<UnitField> growth;
  for (std::size_t i = 0; i < values; ++i) {
    const auto side = static_cast<std::int64_t>(3 + 6 * i);
    UnitField unit{
        .value = "conv" + std::to_string(i), .shape = {1, 8, 4, 4}, .field = {{side, side}, {16, 16}, {8, 8}}};
    unit.centre = {32, 32};
    unit.input = {64, 64};
    const Extent extent{std::max<std::int64_t>(0, 32 - side / 2), std::min<std::int64_t>(64, 32 - side / 2 + side)};
    unit.box = {.empty = false, .extents = {extent, extent}};
    growth.push_back(unit);
  }
  return growth;
}

TEST(draw_field_growth, a_row_per_value_as_long_as_there_is_room) {
  const Image seen = make_image(64, 64, {120, 120, 120});
  const auto rows = [&](std::size_t values) {
    const Figure figure = draw_field_growth(seen, growth_of(values), "a title");
    EXPECT_EQ(figure.width, 1120);
    EXPECT_TRUE(test::says(figure, "a title"));
    const std::vector<std::string> texts = test::texts_in(figure);
    EXPECT_TRUE(test::says(figure, "conv0"));
    EXPECT_TRUE(test::says(figure, "conv" + std::to_string(values - 1)));
    return std::count_if(texts.begin(), texts.end(), [](const std::string& text) { return text.starts_with("conv"); });
  };
  EXPECT_EQ(rows(4), 4);
  EXPECT_EQ(rows(30), 30);
  EXPECT_GE(rows(300), 30) << "thinned out";
  EXPECT_LT(rows(300), 60);
}

TEST(draw_field_growth, rows_have_colours_of_their_own) {
  const Image image = rasterise(draw_field_growth(make_image(64, 64, {120, 120, 120}), growth_of(3), ""));
  for (const double level : {0.85, 0.425, 0.0}) {
    const Colour colour = colour_of("viridis", level);
    std::int64_t found = 0;
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) found += std::equal(colour.begin(), colour.end(), image.at(x, y)) ? 1 : 0;
    }
    EXPECT_GT(found, 150) << level << ": box and bar";
  }
}

TEST(draw_field_growth, nothing_to_draw) {
  EXPECT_TRUE(holds(failure_of([] { draw_field_growth(make_image(8, 8), {}, ""); }), "usage: there are no receptive"));
  EXPECT_EQ(draw_field_growth(make_image(8, 8), growth_of(1), "").width, 1120);
}

}  // namespace
}  // namespace fovea

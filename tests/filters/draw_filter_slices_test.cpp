// Pictures of filters' single channels.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <fovea/filters.h>

#include "support/net.h"
#include "support/shown.h"

namespace fovea {
namespace {

using test::random_normal;
using test::tensor;

std::int64_t count(const Image& image, std::uint8_t grey) {
  std::int64_t found = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x)
      found += std::all_of(image.at(x, y), image.at(x, y) + 3, [&](std::uint8_t byte) { return byte == grey; }) ? 1 : 0;
  }
  return found;
}

TEST(draw_filter_slices, every_weight_is_a_square) {
  // Two filters of two channels of 1x1: tiles of 64 px. Own scales: 127 of 127 each; on one scale the second is weak.
  const FilterReport report = inspect_filters(tensor({4, -4, 1, 2}, {2, 2, 1, 1}));
  const Image own = rasterise(draw_filter_slices(report));
  EXPECT_GE(count(own, 255), 2 * 64 * 64);
  EXPECT_EQ(count(own, 1), 64 * 64);
  EXPECT_GE(count(own, 192), 64 * 64) << "1 of 2";
  const Image shared = rasterise(draw_filter_slices(report, {.common_scale = true}));
  EXPECT_GE(count(shared, 160), 64 * 64) << "1 of 4";
}

TEST(draw_filter_slices, at_most_64_either_way) {
  const Figure more = draw_filter_slices(inspect_filters(random_normal({200, 300, 3, 3}, 1)));
  EXPECT_EQ(more.width, 1120);
  EXPECT_EQ(test::marks_in<marks::Picture>(more).size(), 64U * 64U);
  EXPECT_TRUE(test::says(more, "64 of 200"));
  EXPECT_TRUE(test::says(more, "64 of 300"));
}

TEST(draw_filter_slices, dead_rows_are_crossed_out) {
  Tensor weights = random_normal({6, 8, 3, 3}, 1);
  const std::int64_t none = count(rasterise(draw_filter_slices(inspect_filters(weights))), 205);
  weights[2] *= 0;
  EXPECT_GT(count(rasterise(draw_filter_slices(inspect_filters(weights))), 205), none + 1000);
}

TEST(draw_filter_slices, any_kernel) {
  for (const Shape& shape : std::vector<Shape>{{1, 2, 1, 1}, {5, 70, 1, 7}, {3, 2, 200, 90}}) {
    EXPECT_EQ(rasterise(draw_filter_slices(inspect_filters(random_normal(shape, 2)), {.title = "title"})).width, 1120);
  }
}

}  // namespace
}  // namespace fovea

// Pictures of filters beside what excites them.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <fovea/filters.h>

#include "support/net.h"
#include "support/shown.h"

namespace fovea {
namespace {

using test::Net;

std::int64_t count_watched(const Image& image, Colour colour) {
  std::int64_t found = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) found += std::equal(colour.begin(), colour.end(), image.at(x, y)) ? 1 : 0;
  }
  return found;
}

Graph network(std::int64_t filters) {
  Net net;
  net.node("Relu", {net.conv(net.input("x", {-1, 3, 16, 16}), 3, filters, 5, 1, 2)});
  return net.graph();
}

TEST(draw_watched_filters, patches_stand_beside_the_filters) {
  constexpr Colour paint{12, 210, 34};
  const Graph graph = network(8);
  FilterWatch watch(graph);
  const FilterReport report = inspect_filters(graph);
  const Image none = rasterise(draw_watched_filters(report, watch));
  EXPECT_EQ(count_watched(none, paint), 0);
  for (std::uint64_t i = 0; i < 5; ++i)
    watch.look(test::random_normal({1, 3, 16, 16}, i) * 10, make_image(16, 16, paint));
  const Image image = rasterise(draw_watched_filters(report, watch, {.title = "title"}));
  EXPECT_EQ(image.width, 1120);
  EXPECT_GT(count_watched(image, paint), 8 * 5 * 54 * 54 / 2) << "some patches are cut off at borders";
  EXPECT_LE(count_watched(image, paint), 8 * 5 * 56 * 56);
  EXPECT_EQ(image.rgb, rasterise(draw_watched_filters(report, watch, {.title = "title"})).rgb);
}

TEST(draw_watched_filters, of_many_filters_the_first_are_drawn) {
  constexpr std::size_t drawn = 128;
  const Graph graph = network(200);
  const Figure figure = draw_watched_filters(inspect_filters(graph), FilterWatch(graph));
  EXPECT_TRUE(test::says(figure, "128 of 200"));
  const std::vector<std::string> texts = test::texts_in(figure);
  for (std::size_t i = 0; i < drawn; ++i) {
    EXPECT_GT(std::count(texts.begin(), texts.end(), std::to_string(i)), 0) << i;
  }
  EXPECT_EQ(std::count(texts.begin(), texts.end(), "150"), 0);
}

}  // namespace
}  // namespace fovea

// The pointing game, by hand.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <fovea/score.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::tensor;

Tensor mask(const std::vector<double>& marks, const Shape& shape) { return tensor(marks, shape, at::kByte); }

Tensor blank(std::int64_t height, std::int64_t width) {
  return at::zeros(Shape{height, width}, at::TensorOptions(at::kFloat));
}

/// A map of zeros with one pixel of 1.
Tensor spike(std::int64_t height, std::int64_t width, int x, int y) {
  Tensor map = blank(height, width);
  map.data_ptr<float>()[y * width + x] = 1;
  return map;
}

/// A mask with one pixel marked.
Tensor dot(std::int64_t height, std::int64_t width, int x, int y) { return spike(height, width, x, y).to(at::kByte); }

TEST(pointing, strongest_point_is_the_first_of_equals_in_row_order) {
  EXPECT_EQ(strongest_point(tensor({0, 1, 3, 2, 3, 3}, {2, 3})), (Point{2, 0}));
  EXPECT_EQ(strongest_point(tensor({0, 1, 2, 9, 2, 9}, {2, 3})), (Point{0, 1}));
  EXPECT_EQ(strongest_point(blank(4, 5)), (Point{0, 0})) << "all equal";
  EXPECT_EQ(strongest_point(tensor({-3, -2, -1, -4}, {2, 2})), (Point{0, 1})) << "the least negative";
}

TEST(pointing, strongest_point_of_a_map_that_is_not_contiguous) {
  EXPECT_EQ(strongest_point(tensor({0, 0, 0, 7, 0, 0}, {2, 3}).t()), (Point{1, 0}));
}

TEST(pointing, hit_on_the_mask_and_nowhere_else_without_tolerance) {
  const Tensor map = tensor({0, 5, 1, 1}, {2, 2});
  EXPECT_TRUE(pointing_hit(map, mask({0, 1, 0, 0}, {2, 2}), 0));
  EXPECT_FALSE(pointing_hit(map, mask({1, 0, 1, 1}, {2, 2}), 0));
  EXPECT_TRUE(pointing_hit(map, mask({0, 255, 0, 0}, {2, 2}).to(at::kBool), 0));
}

TEST(pointing, tolerance_is_euclidean_and_includes_its_edge) {
  const Tensor map = spike(20, 20, 10, 10);
  EXPECT_TRUE(pointing_hit(map, dot(20, 20, 13, 14), 5)) << "3-4-5";
  EXPECT_FALSE(pointing_hit(map, dot(20, 20, 13, 14), 4.999));
  EXPECT_TRUE(pointing_hit(map, dot(20, 20, 5, 10), 5));
  EXPECT_FALSE(pointing_hit(map, dot(20, 20, 4, 10), 5));
  EXPECT_FALSE(pointing_hit(map, dot(20, 20, 14, 14), 5)) << "not the larger of both distances";
}

TEST(pointing, nearest_pixel_of_the_mask_counts) {
  const Tensor map = spike(20, 20, 10, 10);
  const Tensor far_and_near = dot(20, 20, 0, 0) + dot(20, 20, 11, 10) + dot(20, 20, 19, 19);
  EXPECT_TRUE(pointing_hit(map, far_and_near, 1));
  EXPECT_FALSE(pointing_hit(map, far_and_near, 0.5));
}

TEST(pointing, tolerance_scales_with_the_picture) {
  EXPECT_EQ(pointing_tolerance(224), 15);
  EXPECT_EQ(pointing_tolerance(448), 30);
  EXPECT_DOUBLE_EQ(pointing_tolerance(32), 15.0 * 32 / 224);
}

TEST(pointing, boxes_mark_the_pixels_whose_centres_they_hold) {
  const std::array boxes{Box{.x0 = 1, .y0 = 0, .x1 = 3, .y1 = 1}, Box{.x0 = 3.4, .y0 = 1.6, .x1 = 4.5, .y1 = 9}};
  const Tensor expected = mask({0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0}, {3, 5});
  EXPECT_TRUE(mask_of(boxes, 5, 3).equal(expected)) << mask_of(boxes, 5, 3);
  const std::array thin{Box{.x0 = 1.6, .y0 = 0, .x1 = 1.9, .y1 = 1}};
  EXPECT_TRUE(mask_of(thin, 3, 1).equal(mask({0, 1, 0}, {1, 3}))) << "no box within the picture is lost";
  const std::array outside{Box{.x0 = -5, .y0 = -5, .x1 = -1, .y1 = 1}, Box{.x0 = 9, .y0 = 0, .x1 = 12, .y1 = 1},
                           Box{.x0 = 2, .y0 = 0, .x1 = 1, .y1 = 1}};
  EXPECT_EQ(mask_of(outside, 3, 1).sum().item<std::int64_t>(), 0);
}

TEST(pointing, boxes_are_hit_like_their_masks) {
  const std::array boxes{Box{.x0 = 0, .y0 = 0, .x1 = 2, .y1 = 2}, Box{.x0 = 8, .y0 = 8, .x1 = 10, .y1 = 10}};
  EXPECT_TRUE(pointing_hit(spike(10, 10, 9, 9), boxes, 0));
  EXPECT_TRUE(pointing_hit(spike(10, 10, 1, 1), boxes, 0));
  EXPECT_FALSE(pointing_hit(spike(10, 10, 2, 1), boxes, 0)) << "x1 is exclusive";
  EXPECT_TRUE(pointing_hit(spike(10, 10, 2, 1), boxes, 1));
}

TEST(pointing, all_zero_map_points_at_the_top_left) {
  EXPECT_TRUE(pointing_hit(blank(4, 4), dot(4, 4, 0, 0), 0));
  EXPECT_FALSE(pointing_hit(blank(4, 4), dot(4, 4, 1, 1), 1));
}

TEST(pointing, centre_of_odd_and_even_sides) {
  EXPECT_EQ(centre_point(5, 3), (Point{2, 1}));
  EXPECT_EQ(centre_point(224, 2), (Point{112, 1}));
  EXPECT_EQ(centre_point(1, 1), (Point{0, 0}));
  EXPECT_TRUE(point_hit(centre_point(5, 3), dot(3, 5, 2, 1), 0));
}

TEST(pointing, random_points_depend_on_seed_and_stream_only_and_cover_the_picture) {
  EXPECT_EQ(random_point(50, 20, 3, 7), random_point(50, 20, 3, 7));
  std::set<std::pair<int, int>> places;
  double sum_x = 0;
  constexpr int draws = 400;
  for (std::uint64_t stream = 0; stream < draws; ++stream) {
    const Point point = random_point(3, 2, 1, stream);
    ASSERT_TRUE(point.x >= 0 && point.x < 3 && point.y >= 0 && point.y < 2);
    places.insert({point.x, point.y});
    sum_x += point.x;
  }
  EXPECT_EQ(places.size(), 6u);
  EXPECT_NEAR(sum_x / draws, 1, 0.15) << "uniform: 0.04 is one standard deviation";
}

TEST(pointing, score_is_the_mean_over_classes) {
  PointingScore score;
  for (int i = 0; i < 8; ++i) score.add(0, true);
  score.add(7, true);
  score.add(7, false);
  score.add(7, false);
  score.add(7, false);
  EXPECT_DOUBLE_EQ(score.mean(), (1.0 + 0.25) / 2) << "not 9 of 12";
  EXPECT_EQ(score.classes().at(7).hits, 1);
  EXPECT_EQ(score.classes().at(7).total, 4);
  EXPECT_TRUE(holds(failure_of([] { PointingScore().mean(); }), "usage: no picture"));
}

TEST(pointing, refuses_what_has_no_answer) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor marked = mask({1, 0, 0, 0}, {2, 2});
  EXPECT_TRUE(holds(failure_of([&] { pointing_hit(tensor({1, nan, 0, 0}, {2, 2}), marked, 5); }), "usage: the map"));
  EXPECT_TRUE(holds(failure_of([&] { pointing_hit(blank(2, 2), blank(2, 2).to(at::kByte), 5); }),
                    "usage: the mask marks no pixel"));
  EXPECT_TRUE(holds(failure_of([&] { pointing_hit(blank(2, 2), std::span<const Box>{}, 5); }), "usage: the mask"));
  EXPECT_TRUE(holds(failure_of([&] { pointing_hit(blank(2, 3), marked, 5); }), "shape: the mask is [2,2], expected"));
  EXPECT_TRUE(holds(failure_of([&] { pointing_hit(blank(2, 2), blank(2, 2), 5); }), "shape: a mask holds uint8"));
  EXPECT_TRUE(holds(failure_of([&] { strongest_point(tensor({1, 2}, {2})); }), "shape: a map to measure must be"));
  EXPECT_TRUE(holds(failure_of([&] { centre_point(0, 4); }), "usage: "));
}

}  // namespace
}  // namespace fovea

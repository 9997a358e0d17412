// Boxes made of maps, and how well boxes agree, by hand.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include <fovea/score.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::tensor;

std::vector<double> sides(const Box& box) { return {box.x0, box.y0, box.x1, box.y1}; }

TEST(localisation, box_around_the_region_above_the_threshold) {
  const Tensor map = tensor({0, 0, 0,  0, 0,  //
                             0, 3, 10, 0, 0,  //
                             0, 0, 4,  2, 0,  //
                             0, 0, 0,  0, 0},
                            {4, 5});
  EXPECT_EQ(sides(localisation_box(map, 0.1)), (std::vector<double>{1, 1, 4, 3}));
  EXPECT_EQ(sides(localisation_box(map, 0.2)), (std::vector<double>{1, 1, 3, 3})) << "2 is not above 0.2 * 10";
  EXPECT_EQ(sides(localisation_box(map, 0.35)), (std::vector<double>{2, 1, 3, 3}));
  EXPECT_EQ(sides(localisation_box(map, 0.9)), (std::vector<double>{2, 1, 3, 2}));
}

TEST(localisation, corners_connect) {
  const Tensor map = tensor({1, 0, 0, 0,  //
                             0, 1, 0, 1,  //
                             1, 0, 0, 1},
                            {3, 4});
  EXPECT_EQ(sides(localisation_box(map, 0.5)), (std::vector<double>{0, 0, 2, 3})) << "3 pixels against 2";
}

TEST(localisation, largest_area_wins_though_not_the_strongest) {
  EXPECT_EQ(sides(localisation_box(tensor({9, 0, 5, 5, 5, 0, 6, 6}, {1, 8}), 0.2)), (std::vector<double>{2, 0, 5, 1}));
}

TEST(localisation, first_of_equal_areas_in_row_order) {
  EXPECT_EQ(sides(localisation_box(tensor({0, 5, 0, 9}, {1, 4}), 0.2)), (std::vector<double>{1, 0, 2, 1}));
  EXPECT_EQ(sides(localisation_box(tensor({0, 0, 1, 0, 0, 0, 1, 0, 0}, {3, 3}), 0)), (std::vector<double>{2, 0, 3, 1}));
}

TEST(localisation, rows_do_not_wrap_around) {
  EXPECT_EQ(sides(localisation_box(tensor({0, 0, 1, 0, 0, 0, 1, 1, 0}, {3, 3}), 0)), (std::vector<double>{0, 2, 2, 3}));
  EXPECT_EQ(sides(localisation_box(tensor({0, 0, 1, 1, 0, 0}, {2, 3}), 0)), (std::vector<double>{2, 0, 3, 1}));
}

TEST(localisation, threshold_0_takes_what_is_positive) {
  EXPECT_EQ(sides(localisation_box(tensor({-1, 2, 0, 1e-6}, {1, 4}), 0)), (std::vector<double>{1, 0, 2, 1}));
}

TEST(localisation, whole_map) {
  EXPECT_EQ(sides(localisation_box(tensor({1, 1, 1, 1, 1, 1}, {2, 3}), 0.99)), (std::vector<double>{0, 0, 3, 2}));
}

TEST(localisation, nothing_positive_is_nowhere) {
  EXPECT_EQ(sides(localisation_box(tensor({0, 0}, {1, 2}), 0.2)), (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(sides(localisation_box(tensor({-3, -1}, {1, 2}), 0.2)), (std::vector<double>{0, 0, 0, 0}));
}

TEST(localisation, refuses_nan_and_thresholds_that_leave_nothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(holds(failure_of([&] { localisation_box(tensor({1, nan}, {1, 2}), 0.2); }), "usage: the map holds"));
  for (const double threshold : {1.0, -0.1, nan}) {
    EXPECT_TRUE(holds(failure_of([&] {
                        localisation_box(tensor({1, 2}, {1, 2}), threshold);
                      }),
                      "usage: the threshold"));
  }
}

TEST(localisation, iou_of_boxes) {
  const Box square{.x0 = 0, .y0 = 0, .x1 = 2, .y1 = 2};
  EXPECT_DOUBLE_EQ(iou(square, square), 1);
  EXPECT_DOUBLE_EQ(iou(square, {.x0 = 1, .y0 = 0, .x1 = 3, .y1 = 2}), 2.0 / 6);
  EXPECT_DOUBLE_EQ(iou(square, {.x0 = 1.5, .y0 = 1.5, .x1 = 2.5, .y1 = 2.5}), 0.25 / 4.75);
  EXPECT_DOUBLE_EQ(iou(square, {.x0 = 0.5, .y0 = 0.5, .x1 = 1.5, .y1 = 1.5}), 0.25) << "one inside the other";
  EXPECT_EQ(iou(square, {.x0 = 2, .y0 = 0, .x1 = 4, .y1 = 2}), 0) << "they touch";
  EXPECT_EQ(iou(square, {.x0 = 5, .y0 = 5, .x1 = 6, .y1 = 6}), 0) << "apart on both axes";
  EXPECT_EQ(iou({}, {}), 0);
  EXPECT_EQ(iou(square, {.x0 = 2, .y0 = 2, .x1 = 0, .y1 = 0}), 0) << "a box inside out has no area";
}

}  // namespace
}  // namespace fovea

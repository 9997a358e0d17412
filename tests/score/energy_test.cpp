// The share of a map's positive mass on a mask, by hand.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include <ATen/ops/zeros.h>

#include <fovea/score.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::tensor;

Tensor left_column() { return tensor({1, 0, 1, 0}, {2, 2}, at::kByte); }

TEST(energy, share_of_the_positive_mass_only) {
  EXPECT_DOUBLE_EQ(energy_share(tensor({1, 2, 3, 4}, {2, 2}), left_column()), 0.4);
  EXPECT_DOUBLE_EQ(energy_share(tensor({1, 3, -100, -100}, {2, 2}), left_column()), 0.25);
}

TEST(energy, any_mark_counts_once) {
  const Tensor marks = tensor({255, 0, 7, 0}, {2, 2}, at::kByte);
  EXPECT_DOUBLE_EQ(energy_share(tensor({1, 2, 3, 4}, {2, 2}), marks), 0.4);
  EXPECT_DOUBLE_EQ(energy_share(tensor({1, 2, 3, 4}, {2, 2}), left_column().to(at::kBool)), 0.4);
}

TEST(energy, nothing_positive_is_nowhere) {
  EXPECT_EQ(energy_share(tensor({0, 0, 0, 0}, {2, 2}), left_column()), 0);
  EXPECT_EQ(energy_share(tensor({-1, -2, -3, -4}, {2, 2}), left_column()), 0);
}

TEST(energy, empty_and_full_masks) {
  const Tensor map = tensor({1, 2, 3, 4}, {2, 2});
  EXPECT_EQ(energy_share(map, at::zeros(Shape{2, 2}, at::TensorOptions(at::kByte))), 0);
  EXPECT_DOUBLE_EQ(energy_share(map, tensor({1, 1, 1, 1}, {2, 2}, at::kByte)), 1);
}

TEST(energy, huge_and_tiny_values_keep_their_share) {
  EXPECT_DOUBLE_EQ(energy_share(tensor({1e308, 1e308, 1e308, 1e308}, {2, 2}, at::kDouble), left_column()), 0.5);
  EXPECT_DOUBLE_EQ(energy_share(tensor({1e-300, 3e-300, 0, 0}, {2, 2}, at::kDouble), left_column()), 0.25);
}

TEST(energy, boxes_are_taken_as_their_masks) {
  const std::array boxes{Box{.x0 = 0, .y0 = 0, .x1 = 1, .y1 = 2}, Box{.x0 = 0, .y0 = 0, .x1 = 1, .y1 = 1}};
  EXPECT_DOUBLE_EQ(energy_share(tensor({1, 2, 3, 4}, {2, 2}), boxes), 0.4) << "an overlap counts once";
}

TEST(energy, share_on_a_planted_context) {
  EXPECT_DOUBLE_EQ(share_on(tensor({1, 2, 3, 4}, {2, 2}), left_column()), 0.4);
}

TEST(energy, refuses_nan_and_other_sizes) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(holds(failure_of([&] { energy_share(tensor({nan, 2, 3, 4}, {2, 2}), left_column()); }), "usage: "));
  EXPECT_TRUE(holds(failure_of([&] { energy_share(tensor({1, infinity, 3, 4}, {2, 2}), left_column()); }), "usage: "));
  EXPECT_TRUE(holds(failure_of([&] { energy_share(tensor({1, 2}, {1, 2}), left_column()); }), "shape: the mask is"));
}

}  // namespace
}  // namespace fovea

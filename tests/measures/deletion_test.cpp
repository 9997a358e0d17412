// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

using test::sigmoid;

// Weights 4 3 2 1 on a picture of ones: taking pixels away leaves logits 10, 6, 3, 1, 0.
TEST(deletion_measure, by_hand) {
  const Tensor weights = test::tensor({3, 4, 1, 2}, {2, 2});
  test::MapAsked asked(test::weighted_sum(weights), at::ones({1, 1, 2, 2}, at::kFloat));
  const Settings four{{"steps", "4"}};
  const Measured right = asked("deletion", test::heat(weights), four);
  const std::vector<double> expected{sigmoid(10), sigmoid(6), sigmoid(3), sigmoid(1), sigmoid(0)};
  ASSERT_EQ(right.curve.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(right.curve[i], expected[i], 1e-6);
  const double area = (expected[0] / 2 + expected[1] + expected[2] + expected[3] + expected[4] / 2) / 4;
  EXPECT_NEAR(right.values[0], area, 1e-6);
  EXPECT_GT(asked("deletion", test::heat(5 - weights), four).values[0], area) << "the weakest first";
}

TEST(deletion_measure, half_as_many_steps_take_two_pixels_each) {
  const Tensor weights = test::tensor({3, 4, 1, 2}, {2, 2});
  test::MapAsked asked(test::weighted_sum(weights), at::ones({1, 1, 2, 2}, at::kFloat));
  const Measured two = asked("deletion", test::heat(weights), {{"steps", "2"}});
  ASSERT_EQ(two.curve.size(), 3u);
  EXPECT_NEAR(two.curve[1], sigmoid(3), 1e-6);
}

// All equal: pixels go in row order, and nothing is NaN.
TEST(deletion_measure, of_an_empty_map_goes_in_row_order) {
  const Tensor weights = test::tensor({3, 4, 1, 2}, {2, 2});
  test::MapAsked asked(test::weighted_sum(weights), at::ones({1, 1, 2, 2}, at::kFloat));
  const Measured empty = asked("deletion", test::heat(weights * 0), {{"steps", "4"}});
  EXPECT_NEAR(empty.curve[1], sigmoid(7), 1e-6);
  EXPECT_NEAR(empty.curve[3], sigmoid(2), 1e-6);
}

}  // namespace
}  // namespace fovea

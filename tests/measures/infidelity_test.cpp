// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

// On a linear network input times gradient foretells every change exactly.
class infidelity_measure : public ::testing::Test {
 protected:
  Tensor weights = test::random_normal({16, 16}, 1);
  Tensor picture = test::random_normal({1, 1, 16, 16}, 2);
  test::MapAsked asked{test::weighted_sum(weights), picture};
  Map attribution{.values = weights * picture[0][0], .drawing = Drawing::signed_heat, .at = "x"};
};

TEST_F(infidelity_measure, of_what_foretells_everything_is_0) {
  EXPECT_NEAR(asked("infidelity", attribution).values[0], 0, 1e-9);
  EXPECT_NEAR(asked("infidelity", attribution, {{"scale", "none"}}).values[0], 0, 1e-9);
}

TEST_F(infidelity_measure, multiplies_a_rate_by_the_distance) {
  const Map gradient{.values = weights.unsqueeze(0), .drawing = Drawing::signed_rgb, .at = "x"};
  EXPECT_GT(asked("infidelity", gradient).values[0], 0.1) << "taken as it is, a rate is no attribution";
  asked.sensitivity = true;
  EXPECT_NEAR(asked("infidelity", gradient).values[0], 0, 1e-9);
}

// Squared or absolute rates say nothing of direction, so the distance's is not used either: on dark pixels, where every
// change is downwards, such a map foretells nothing.
TEST_F(infidelity_measure, takes_magnitudes_times_the_distance_without_its_sign) {
  const Map saliency{.values = weights.abs(), .drawing = Drawing::heat, .at = "x"};
  test::MapAsked bright(test::weighted_sum(weights.abs()), picture.abs());
  bright.sensitivity = true;
  EXPECT_NEAR(bright("infidelity", saliency).values[0], 0, 1e-9);
  test::MapAsked dark(test::weighted_sum(weights.abs()), -picture.abs());
  dark.sensitivity = true;
  EXPECT_DOUBLE_EQ(dark("infidelity", saliency).values[0], 1);
}

TEST_F(infidelity_measure, does_not_depend_on_the_scale_unless_asked) {
  Map larger = attribution;
  larger.values = larger.values * 1000;
  EXPECT_NEAR(asked("infidelity", larger).values[0], 0, 1e-9);
  EXPECT_GT(asked("infidelity", larger, {{"scale", "none"}}).values[0], 1);
}

TEST_F(infidelity_measure, of_the_opposite_and_of_nothing_is_1) {
  Map wrong = attribution;
  wrong.values = -wrong.values;
  EXPECT_DOUBLE_EQ(asked("infidelity", wrong).values[0], 1);
  wrong.values = wrong.values * 0;
  EXPECT_DOUBLE_EQ(asked("infidelity", wrong).values[0], 1);
  const Map noise{.values = test::random_normal({16, 16}, 9), .drawing = Drawing::signed_heat, .at = "x"};
  EXPECT_GT(asked("infidelity", noise).values[0], 0.5);
}

// The published mean of squares, of a map of zeros: the mean square of the changes, by hand on a single square.
TEST_F(infidelity_measure, without_scaling_is_the_mean_of_squares) {
  test::MapAsked ones(test::weighted_sum(at::ones({2, 2}, at::kFloat)), at::ones({1, 1, 2, 2}, at::kFloat));
  const Measured measured = ones("infidelity", test::heat(at::zeros({2, 2}, at::kFloat)), {{"scale", "none"}});
  EXPECT_NEAR(measured.values[0], 1, 1e-6) << "an eighth to a half of 2 px is 1 px: every change is 1";
}

TEST_F(infidelity_measure, of_an_objective_that_sees_nothing_is_not_known) {
  test::MapAsked blind(test::weighted_sum(at::zeros({8, 8}, at::kFloat)), at::ones({1, 1, 8, 8}, at::kFloat));
  EXPECT_TRUE(std::isnan(blind("infidelity", test::heat(at::ones({8, 8}, at::kFloat))).values[0]));
}

}  // namespace
}  // namespace fovea

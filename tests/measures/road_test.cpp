// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

/// A dark picture with a bright square that the class hangs on.
Tensor bright_square() {
  Tensor picture = at::zeros({1, 1, 12, 12}, at::kFloat);
  picture.slice(2, 2, 5).slice(3, 7, 10).fill_(1);
  return picture;
}

TEST(road_measure, rewards_the_pixels_that_the_class_hangs_on) {
  const Tensor picture = bright_square();
  test::MapAsked asked(test::weighted_sum(at::ones({12, 12}, at::kFloat)), picture);
  const Measured right = asked("road", test::heat(picture[0][0]));
  const Measured wrong = asked("road", test::heat(1 - picture[0][0]));
  EXPECT_NEAR(right.values[1], 0.5, 0.05) << "without the square nothing is bright";
  EXPECT_GT(right.values[2], 0.99) << "made up from the dark, the ground stays as it was";
  EXPECT_DOUBLE_EQ(right.values[0], (right.values[2] - right.values[1]) / 2);
  EXPECT_LT(wrong.values[0], -0.2);
}

TEST(road_measure, of_a_picture_of_one_colour_is_0) {
  test::MapAsked asked = test::of_size(12, 12);
  EXPECT_NEAR(asked("road", test::heat(test::random_normal({12, 12}, 4).abs()), {{"noise", "0"}}).values[0], 0, 1e-7);
}

}  // namespace
}  // namespace fovea

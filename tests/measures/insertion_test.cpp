// SPDX-License-Identifier: Apache-2.0
#include "core/fill.h"
#include "measures/asked.h"

namespace fovea {
namespace {

using test::sigmoid;

TEST(insertion_measure, by_hand) {
  const Tensor weights = test::tensor({3, 4, 1, 2}, {2, 2});
  test::MapAsked asked(test::weighted_sum(weights), at::ones({1, 1, 2, 2}, at::kFloat));
  const Measured measured = asked("insertion", test::heat(weights), {{"steps", "4"}, {"fill", "mean"}});
  const std::vector<double> expected{sigmoid(0), sigmoid(4), sigmoid(7), sigmoid(9), sigmoid(10)};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(measured.curve[i], expected[i], 1e-6);
}

// By default the picture is blurred at first, by 5 px at 224.
TEST(insertion_measure, begins_with_the_blurred_picture) {
  const Tensor weights = test::random_normal({28, 28}, 3) * 0.1;
  const Tensor picture = test::random_normal({1, 1, 28, 28}, 4);
  test::MapAsked asked(test::weighted_sum(weights), picture);
  const Measured measured = asked("insertion", test::heat(weights), {{"steps", "2"}});
  const double blurred = (gaussian_blur(picture, 5.0 * 28 / 224)[0][0] * weights).sum().item<double>();
  EXPECT_NEAR(measured.curve.front(), sigmoid(blurred), 1e-5);
  EXPECT_NEAR(measured.curve.back(), sigmoid((picture[0][0] * weights).sum().item<double>()), 1e-5);
}

}  // namespace
}  // namespace fovea

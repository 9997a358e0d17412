// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

/// The sum of one channel's pixels: linear, so that the expectation over masks is known.
Model sum_of_pixels() {
  test::Net net;
  const ValueId x = net.input("x", {-1, 1, 12, 12});
  const ValueId sum = net.node("ReduceSum", {x, net.constant(test::tensor({2, 3}, {2}, at::kLong))},
                               test::attributes({{"keepdims", std::int64_t{0}}}));
  net.node("Concat", {sum, sum}, test::attributes({{"axis", std::int64_t{1}}}));
  return net.model();
}

// One cell of the grid covers the picture: y(x M) = m sum x, so R = E[m^2] / p sum x = sum x for m in {0, 1}.
TEST(rise, of_whole_pictures_is_their_score) {
  const Model model = sum_of_pixels();
  const Subject subject(model, test::random_normal({1, 1, 12, 12}, 3));
  const Map map = explain(find_technique("rise"), subject, logit(0),
                          {.settings = {{"cells", "1"}, {"samples", "2000"}, {"score", "objective"}}, .seed = 1});
  const double sum = subject.input().sum().item<double>();
  EXPECT_NEAR(map.values[5][5].item<double>(), sum, 0.1 * std::abs(sum));
  EXPECT_NEAR((map.values - map.values[0][0]).abs().max().item<double>(), 0, 1e-5);
}

// Centred, a pixel's value is what its mask shares with the score: the covariance is largest at the one bright pixel.
TEST(rise, finds_the_one_pixel_that_counts) {
  const Model model = sum_of_pixels();
  Tensor picture = test::random_normal({1, 1, 12, 12}, 3) * 0;
  picture[0][0][3][8] = 1;
  const Subject subject(model, picture);
  const Map map = explain(
      find_technique("rise"), subject, logit(0),
      {.settings = {{"cells", "4"}, {"samples", "3000"}, {"score", "objective"}, {"centre", "true"}}, .seed = 1});
  const std::int64_t place = map.values.argmax().item<std::int64_t>();
  EXPECT_LE(std::abs(place / 12 - 3), 1);
  EXPECT_LE(std::abs(place % 12 - 8), 1);
  EXPECT_NEAR(map.values[11][0].item<double>(), 0, 0.05);
}

// What the mean score gives every pixel is no evidence: the map is drawn from its lowest value, and says which that is.
// Centred, it is signed about a zero that means something.
TEST(rise, is_drawn_from_its_lowest_value_unless_centred) {
  const test::Asked asked;
  const Map map = asked.whole("rise", {{"samples", "16"}});
  EXPECT_EQ(map.drawing, Drawing::level);
  EXPECT_EQ(map.notes.back(), "its zero means nothing: drawn from its lowest value to its highest, " +
                                  range_text(map.values, map.drawing));
  EXPECT_EQ(asked.whole("rise", {{"samples", "16"}, {"centre", "true"}}).drawing, Drawing::signed_heat);
}

TEST(rise, scores_by_the_probability_unless_told_otherwise) {
  const test::Asked asked;
  const Settings few{{"samples", "8"}};
  EXPECT_TRUE(asked.ask("rise", few).equal(asked.ask("rise", few, {}, "probability(2)")));
  const Settings by_objective{{"samples", "8"}, {"score", "objective"}};
  EXPECT_FALSE(asked.ask("rise", few).equal(asked.ask("rise", by_objective)));
}

}  // namespace
}  // namespace fovea

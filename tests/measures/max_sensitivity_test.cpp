// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

TEST(max_sensitivity_measure, of_a_map_that_ignores_the_picture_is_0) {
  test::MapAsked asked = test::of_size(6, 6);
  EXPECT_EQ(asked("max_sensitivity", test::heat(at::ones({6, 6}, at::kFloat))).values[0], 0);
}

// A map that is the picture itself moves as far as the picture does: |d| / |x|, |d|_inf <= r, so at most r for ones.
TEST(max_sensitivity_measure, of_the_picture_itself_is_its_own_change) {
  test::MapAsked asked = test::of_size(32, 32);
  asked.ask = [](const Subject& subject) { return test::heat(subject.input()[0][0]); };
  const Map map = test::heat(at::ones({32, 32}, at::kFloat));
  const double rms = 0.3 / std::sqrt(3.0);  // of numbers uniform in -r..r
  EXPECT_NEAR(asked("max_sensitivity", map, {{"radius", "0.3"}}).values[0], rms, 0.1 * rms);
  EXPECT_EQ(asked("max_sensitivity", map, {{"radius", "0"}}).values[0], 0);
}

TEST(max_sensitivity_measure, takes_the_largest_of_the_samples) {
  test::MapAsked asked = test::of_size(4, 4);
  int calls = 0;
  asked.ask = [&](const Subject&) { return test::heat(at::ones({4, 4}, at::kFloat) * (++calls == 3 ? 1.5 : 1.0)); };
  const Map map = test::heat(at::ones({4, 4}, at::kFloat));
  EXPECT_NEAR(asked("max_sensitivity", map, {{"samples", "5"}}).values[0], 0.5, 1e-7);
  EXPECT_EQ(calls, 5);
}

TEST(max_sensitivity_measure, of_an_empty_map_is_not_known) {
  test::MapAsked asked = test::of_size(4, 4);
  EXPECT_TRUE(std::isnan(asked("max_sensitivity", test::heat(at::zeros({4, 4}, at::kFloat))).values[0]));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "evolved/random.h"

#include <cmath>

#include <gtest/gtest.h>

namespace fovea {
namespace {

using evolved::Dice;

TEST(random_dice, the_same_for_a_seed_and_generation) {
  Dice a(3, 7);
  Dice b(3, 7);
  Dice c(3, 8);
  EXPECT_EQ(a.unit(), b.unit());
  EXPECT_NE(a.unit(), c.unit());
}

TEST(random_dice, polynomial_steps_have_the_distribution_of_the_formula) {
  // P(step < d) = (1 + d)^(eta + 1) / 2 for d < 0, by solving the formula for r; symmetric.
  Dice dice(1, 1);
  constexpr int draws = 20000;
  constexpr double eta = 15;
  int below = 0;
  int positive = 0;
  for (int i = 0; i < draws; ++i) {
    const double step = dice.polynomial(eta);
    ASSERT_LT(std::abs(step), 1);
    below += step < -0.05 ? 1 : 0;
    positive += step > 0 ? 1 : 0;
  }
  EXPECT_NEAR(below / double{draws}, std::pow(0.95, eta + 1) / 2, 0.01);
  EXPECT_NEAR(positive / double{draws}, 0.5, 0.015);
}

}  // namespace
}  // namespace fovea

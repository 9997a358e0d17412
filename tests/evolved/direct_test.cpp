// SPDX-License-Identifier: Apache-2.0
#include "evolved/direct.h"

#include <gtest/gtest.h>

namespace fovea {
namespace {

using evolved::Dice;

TEST(direct, without_crossover_a_child_differs_at_the_rate_of_mutation) {
  Dice dice(2, 0);
  const Tensor mother = evolved::first_pixels(dice, 40, 40);
  const Tensor father = evolved::first_pixels(dice, 40, 40);
  const Tensor child = evolved::child_pixels(mother, father, dice, {.mutation = 0.1, .crossover = 0});
  EXPECT_NEAR(child.ne(mother).to(at::kFloat).mean().item<double>(), 0.1, 0.02);
  EXPECT_GE(child.min().item<double>(), 0);
  EXPECT_LE(child.max().item<double>(), 1);
}

TEST(direct, crossover_stays_about_the_parents) {
  Dice dice(2, 1);
  const Tensor mother = evolved::first_pixels(dice, 40, 40) * 0.1 + 0.3;
  const Tensor father = mother + 0.2;
  const Tensor child = evolved::child_pixels(mother, father, dice, {.mutation = 0, .crossover = 1});
  // ((1 + b) m + (1 - b) f) / 2 = m + (1 - b) / 2 * 0.2, with b about 1 and as often below as above.
  EXPECT_NEAR(child.gt(mother).to(at::kFloat).mean().item<double>(), 0.5, 0.05);
  EXPECT_LT((child - mother).abs().mean().item<double>(), 0.02);
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "optimisers/climbed.h"

namespace fovea {
namespace {

TEST(sgd, steps_in_proportion_to_the_gradient) {
  // f = -(x - 3)^2 / 2: x <- x + .5 (3 - x).
  EXPECT_NEAR(test::climbed("sgd(0.5)", 2), 2.25, 1e-6);
}

TEST(sgd, momentum_by_hand) {
  // v1 = 3, x = 1.5; v2 = .5 * 3 + 1.5 = 3, x = 3.
  EXPECT_NEAR(test::climbed("sgd(0.5, momentum=0.5)", 2), 3, 1e-6);
}

TEST(sgd, the_rate_moves_in_a_straight_line) {
  // Rates 1/2, 1/4 over two steps: 1.5, then 1.5 + .375.
  EXPECT_NEAR(test::climbed("sgd(0.5, last_rate=0.25)", 2), 1.875, 1e-6);
}

}  // namespace
}  // namespace fovea

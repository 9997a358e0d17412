// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "optimisers/climbed.h"

namespace fovea {
namespace {

TEST(adam, two_steps_by_hand) {
  double x = 0;
  double m = 0;
  double v = 0;
  for (int t = 1; t <= 2; ++t) {
    const double g = 3 - x;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    x += 0.05 * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
  }
  EXPECT_NEAR(test::climbed("adam(0.05)", 2), x, 1e-6);
}

TEST(adam, the_rate_moves_in_a_straight_line) {
  // The first step has the size of the rate, whatever the gradient; the second is scaled by the last rate alone.
  const double first = test::climbed("adam(0.05)", 1);
  const double slower = test::climbed("adam(0.05, last_rate=0.005)", 2);
  EXPECT_NEAR((slower - first) / (test::climbed("adam(0.05)", 2) - first), 0.1, 1e-3);
}

}  // namespace
}  // namespace fovea

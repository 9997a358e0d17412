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

}  // namespace
}  // namespace fovea

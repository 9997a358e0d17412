// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "transforms/applied.h"

namespace fovea {
namespace {

using test::applied;
using test::counting;

TEST(rotate, whole_degrees_and_more_zeros) {
  const Tensor picture = counting(5, 5);
  int still = 0;
  constexpr int tries = 520;
  for (int step = 0; step < tries; ++step) still += applied("rotate(10)", picture, step).equal(picture) ? 1 : 0;
  EXPECT_NEAR(still / double(tries), 6.0 / 26, 0.06);
}

TEST(rotate, a_quarter_turn_keeps_the_centre_and_the_corners) {
  bool seen = false;
  for (int step = 0; step < 400 && !seen; ++step) {
    const Tensor turned = applied("rotate(90)", counting(3, 3), step);
    // Corners 1 3 9 7 go round; some of 181 angles is a quarter turn either way.
    const bool left = std::abs(turned[0][0][0][0].item<double>() - 3) < 1e-4;
    if (!left || std::abs(turned[0][0][2][0].item<double>() - 1) > 1e-4) continue;
    seen = true;
    EXPECT_NEAR(turned[0][0][1][1].item<double>(), 5, 1e-5);
    EXPECT_NEAR(turned[0][0][2][2].item<double>(), 7, 1e-3);
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace fovea

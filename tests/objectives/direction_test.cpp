// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(direction, mean_over_positions) {
  EXPECT_NEAR(Term().with("d", tensor({2, 1}, {2})).value("direction(map,d)"), (2 * -2.5 + 6) / 6, 1e-6);
  test::expect_error(
      [] {
        Term().with("d", tensor({1, 2, 3}, {3})).value("direction(map,d)");
      },
      "a direction of 'map' has 2 numbers, found 3 in 'd'");
}

TEST(direction, times_a_power_of_the_cosine) {
  // (0,4): 4 at cosine 1/sqrt 5; (1,0) and (.5,0): 2 and 1 at 2/sqrt 5; (-1,0) and (-3,2): -2 and -4 at the floor.
  const double root = std::sqrt(5.0);
  const double sum = 4 / root + (2 + 1) * 2 / root - 0.1 * (2 + 4);
  EXPECT_NEAR(Term().with("d", tensor({2, 1}, {2})).value("direction(map,d,1)"), sum / 6, 1e-5);
}

}  // namespace
}  // namespace fovea

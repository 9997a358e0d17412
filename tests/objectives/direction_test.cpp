// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::Term;
using test::tensor;

TEST(direction, mean_over_positions) {
  EXPECT_NEAR(Term().with("d", tensor({2, 1}, {2})).value("direction(map,d)"), (2 * -2.5 + 6) / 6, 1e-6);
  test::expect_error([] { Term().with("d", tensor({1, 2, 3}, {3})).value("direction(map,d)"); },
                     "a direction of 'map' has 2 numbers, found 3 in 'd'");
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(distance, a_share_of_the_targets_square) {
  EXPECT_NEAR(Term().with("t", tensor({2, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3})).value("distance(map,t)"),
              4 / (4 + 1 + 1 + 0.25 + 9 + 16 + 4), 1e-6);
  test::expect_error(
      [] {
        Term()
            .with("t", test::tensor({0, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3}) * 0)
            .value("distance(map,t)");
      },
      "is 0 everywhere at 'map'");
}

}  // namespace
}  // namespace fovea

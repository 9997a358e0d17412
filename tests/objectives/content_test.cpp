// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(content, the_mean_squared_difference) {
  EXPECT_NEAR(Term().with("t", tensor({0, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3})).value("content(map,t)"),
              0, 1e-7);
  EXPECT_NEAR(Term().with("t", tensor({2, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3})).value("content(map,t)"),
              4.0 / 12, 1e-6);
}

TEST(content, names_what_does_not_fit) {
  test::expect_error([] { Term().value("content(map,t)"); }, "nothing is known of the target 't'");
  test::expect_error(
      [] {
        Term().with("t", tensor({1, 2}, {1, 2})).value("content(map,t)");
      },
      "'map' is [2,2,3], but the target 't' is [2] there");
}

}  // namespace
}  // namespace fovea

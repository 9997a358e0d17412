// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(cosine, of_itself_and_its_reverse) {
  EXPECT_NEAR(
      Term().with("t", 3 * tensor({0, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3})).value("cosine(map,t)"), 1,
      1e-6);
  EXPECT_NEAR(
      Term().with("t", -1 * tensor({0, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3})).value("cosine(map,t)"), -1,
      1e-6);
}

}  // namespace
}  // namespace fovea

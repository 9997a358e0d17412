// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(total_variation_objective, by_hand) {
  // Channel 0: (1,-1) (-1,-.5) (0,-3) (1.5,0) (-3.5,0) (0,0); channel 1: (-4,-4) (0,0) (0,2) (0,0) (2,0) (0,0).
  EXPECT_NEAR(Term().value("total_variation(map)"), 2 + 1.25 + 9 + 2.25 + 12.25 + 32 + 4 + 4, 1e-5);
  test::expect_error([] { Term().value("total_variation(scores)"); }, "total variation is of maps, 'scores' is [2]");
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "transforms/applied.h"

namespace fovea {
namespace {

using test::applied;
using test::counting;

TEST(flip, half_of_the_time) {
  int flipped = 0;
  for (int step = 0; step < 400; ++step)
    flipped += applied("flip", counting(1, 2), step)[0][0][0][0].item<double>() == 2 ? 1 : 0;
  EXPECT_NEAR(flipped / 400.0, 0.5, 0.1);
  EXPECT_TRUE(applied("flip(1)", counting(1, 2)).equal(test::tensor({2, 1}, {1, 1, 1, 2})));
  EXPECT_TRUE(applied("flip(0)", counting(1, 2)).equal(counting(1, 2)));
}

}  // namespace
}  // namespace fovea

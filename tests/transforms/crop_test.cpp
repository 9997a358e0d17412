// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "transforms/applied.h"

namespace fovea {
namespace {

using test::applied;
using test::counting;

TEST(crop, anywhere_or_about_the_centre) {
  double spread = 0;
  for (int step = 0; step < 100; ++step) {
    const Tensor cut = applied("crop(2, window=0.01)", counting(12, 12), step);
    EXPECT_EQ(cut[0][0][0][0].item<double>(), 5 * 12 + 6) << "the middle of ten rows and columns of room";
    spread = std::max(spread, applied("crop(2)", counting(12, 12), step)[0][0][0][0].item<double>());
  }
  EXPECT_GT(spread, 100);
  EXPECT_TRUE(applied("crop(9)", counting(2, 3)).equal(counting(2, 3)));
}

}  // namespace
}  // namespace fovea

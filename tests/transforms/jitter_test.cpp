// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "transforms/applied.h"

namespace fovea {
namespace {

using test::applied;
using test::counting;

TEST(jitter, every_crop_comes_and_nothing_else) {
  std::set<double> corners;
  for (int step = 0; step < 200; ++step) {
    const Tensor cut = applied("jitter(2)", counting(4, 4), step);
    ASSERT_EQ(cut.size(2), 2);
    ASSERT_EQ(cut.size(3), 2);
    const double corner = cut[0][0][0][0].item<double>();
    corners.insert(corner);
    EXPECT_EQ(cut[0][0][1][1].item<double>(), corner + 5) << "a window of the picture";
  }
  EXPECT_EQ(corners.size(), 9U) << "three rows by three columns";
}

TEST(jitter, rolls_both_ways) {
  std::set<double> first;
  for (int step = 0; step < 100; ++step)
    first.insert(applied("jitter(1, roll)", counting(1, 3), step)[0][0][0][0].item<double>());
  EXPECT_EQ(first.size(), 3U);
}

TEST(jitter, small_pictures_stay) { EXPECT_EQ(applied("jitter(9)", counting(1, 1)).numel(), 1); }

}  // namespace
}  // namespace fovea

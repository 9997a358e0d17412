// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "transforms/applied.h"

namespace fovea {
namespace {

using test::applied;
using test::counting;

TEST(scale, lucids_eleven_factors) {
  std::set<std::int64_t> sides;
  for (int step = 0; step < 300; ++step) sides.insert(applied("scale", counting(100, 50), step).size(2));
  EXPECT_EQ(sides, (std::set<std::int64_t>{90, 92, 94, 96, 98, 100, 102, 104, 106, 108, 110}));
}

TEST(scale, bilinear_with_half_pixel_centres) {
  const Tensor twice = applied("scale(2, 2)", test::tensor({0, 4}, {1, 1, 1, 2}));
  EXPECT_LE(test::largest_difference(twice, test::tensor({0, 1, 3, 4, 0, 1, 3, 4}, {1, 1, 2, 4})), 1e-6);
}

TEST(scale, names_a_range_that_is_none) {
  EXPECT_TRUE(test::holds(test::failure_of([] { applied("scale(2, 1)", counting(2, 2)); }), "found 2 to 1"));
}

}  // namespace
}  // namespace fovea

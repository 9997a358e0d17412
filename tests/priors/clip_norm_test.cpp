// SPDX-License-Identifier: Apache-2.0
#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(clip_norm, clears_the_smallest) {
  const Tensor row = tensor({0.6, 1.5, 0.1, 0.4}, {1, 1, 1, 4});  // distances .1 1 .4 .1
  EXPECT_LE(test::largest_difference(called("clip_norm(50)", row), tensor({0.5, 1.5, 0.1, 0.5}, {1, 1, 1, 4})), 1e-6);
  EXPECT_TRUE(called("clip_norm(0)", row).equal(row));
  EXPECT_TRUE(called("clip_norm(50)", row, {}, 9, 10).equal(row));
}

}  // namespace
}  // namespace fovea

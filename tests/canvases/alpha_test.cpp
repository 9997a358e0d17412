// SPDX-License-Identifier: Apache-2.0
#include "canvases/made.h"

namespace fovea {
namespace {

using test::plan;
using test::shown;

TEST(alpha, begins_half_transparent) {
  const Tensor picture = shown("alpha", plan(2, 8, 8));
  EXPECT_EQ(picture.size(1), 4);
  EXPECT_NEAR(picture.narrow(1, 3, 1).mean().item<double>(), 0.5, 0.05);
}

TEST(alpha, begins_from_a_picture) {
  const Tensor start = test::some_picture(7, 8);
  EXPECT_LE(test::largest_difference(shown("alpha", plan(1, 7, 8, start)).narrow(1, 0, 3), start), 1e-4);
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "canvases/made.h"

namespace fovea {
namespace {

using test::plan;
using test::shown;

TEST(pyramid, one_level_is_pixels) {
  const Tensor start = test::some_picture(6, 9);
  EXPECT_LE(test::largest_difference(shown("pyramid(1, bound=none, colour=rgb)", plan(1, 6, 9, start)), start), 1e-5);
}

TEST(pyramid, levels_halve_and_begin_from_a_picture) {
  const Tensor start = test::some_picture(16, 11);
  const Canvas canvas = make_canvas("pyramid", plan(1, 16, 11, start));
  ASSERT_EQ(canvas.parameters.size(), 4U);
  EXPECT_EQ(canvas.parameters[3].size(2), 2);
  EXPECT_LE(test::largest_difference(canvas.image(canvas.parameters).detach(), start), 1e-4);
  EXPECT_EQ(make_canvas("pyramid(9)", plan(1, 4, 1)).parameters.size(), 1U) << "one column cannot be halved";
}

}  // namespace
}  // namespace fovea

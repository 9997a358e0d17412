// SPDX-License-Identifier: Apache-2.0
#include "canvases/made.h"

namespace fovea {
namespace {

using test::plan;
using test::shown;

TEST(pixels, begin_about_the_mean_colour) {
  const Tensor picture = shown("pixels(0.1)", plan(1, 64, 64));
  EXPECT_NEAR(picture.mean().item<double>(), 0.5, 0.01);
  EXPECT_NEAR(picture.std().item<double>(), 0.1, 0.01);
  EXPECT_TRUE(shown("pixels(0)", plan(1, 2, 2)).equal(at::full({1, 3, 2, 2}, 0.5)));
}

TEST(pixels, a_start_is_kept_and_a_bound_clips) {
  const Tensor start = test::some_picture(5, 7);
  EXPECT_TRUE(shown("pixels", plan(1, 5, 7, start)).equal(start));
  EXPECT_LE(test::largest_difference(shown("pixels(bound=sigmoid)", plan(1, 5, 7, start)), start), 1e-5);
  EXPECT_NEAR(shown("pixels(bound=sigmoid)", plan(1, 1, 1, at::full({1, 3, 1, 1}, 7.0))).max().item<double>(),
              511.0 / 512, 1e-5);
}

}  // namespace
}  // namespace fovea

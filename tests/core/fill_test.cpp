// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>

#include <fovea/error.h>

#include "core/fill.h"
#include "support/net.h"

namespace fovea {
namespace {

TEST(fill, blur_keeps_a_constant_picture_and_the_mass_of_a_dot) {
  const Tensor flat = test::random_normal({1, 1, 1, 1}, 1).expand({1, 1, 20, 20});
  EXPECT_TRUE(gaussian_blur(flat, 2).allclose(flat));
  Tensor dot = flat * 0;
  dot[0][0][10][10] = 1;
  const Tensor blurred = gaussian_blur(dot, 1);
  EXPECT_NEAR(blurred.sum().item<double>(), 1, 1e-5);
  EXPECT_NEAR((blurred[0][0][10][12] / blurred[0][0][10][10]).item<double>(), std::exp(-2.0), 1e-5);
}

TEST(fill, noise_stays_in_the_pictures_range_and_is_seeded) {
  const Tensor input = test::random_normal({1, 3, 8, 8}, 1);
  const Tensor noise = filled_like(input, {}, "noise", 4);
  EXPECT_GE(noise.min().item<float>(), input.min().item<float>());
  EXPECT_LE(noise.max().item<float>(), input.max().item<float>());
  EXPECT_TRUE(noise.equal(filled_like(input, {}, "noise", 4)));
  EXPECT_FALSE(noise.equal(filled_like(input, {}, "noise", 5)));
}

TEST(fill, refuses_unknown_fills) {
  EXPECT_THROW(filled_like(test::random_normal({1, 3, 8, 8}, 1), {}, "red", 0), Error);
}

}  // namespace
}  // namespace fovea

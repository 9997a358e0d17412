// SPDX-License-Identifier: Apache-2.0
#include "make/shared/picture_space.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>

#include <gtest/gtest.h>

#include "support/net.h"

namespace fovea {
namespace {

using make::PictureSpace;

Tensor mean() { return test::tensor({0.5, 0.4, 0.3}, {1, 3, 1, 1}); }

TEST(picture_space, is_orthonormal_and_lies_within_its_box) {
  for (const std::int64_t frequencies : {0, 3, 100}) {
    for (const bool grey : {false, true}) {
      const PictureSpace space({.height = 9,
                                .width = 8,
                                .box = {2, 1, 4, 5},
                                .frequencies = frequencies,
                                .grey = grey,
                                .mean = grey ? at::full({1, 3, 1, 1}, 0.5) : mean()});
      const std::int64_t n = space.dimensions();
      EXPECT_EQ(n, (grey ? 1 : 3) * (frequencies == 3 ? 9 : 20));
      EXPECT_EQ(space.values(), (grey ? 1 : 3) * 20);
      const Tensor unit = at::eye(n, at::kDouble);
      Tensor patterns = space.patterns(unit);
      if (grey) patterns = patterns.narrow(1, 0, 1);
      const Tensor flat = patterns.flatten(1);
      EXPECT_LT(test::largest_difference(flat.mm(flat.t()), unit), 1e-12);
      const Tensor pictures = space.pictures(unit);
      EXPECT_LT(test::largest_difference(space.coordinates(pictures), unit), 1e-7);  // the mean is float32
      const Tensor outside = pictures.narrow(2, 0, 2);
      EXPECT_LT((outside - space.plan().mean).abs().max().item<double>(), 1e-12);
      EXPECT_GT((pictures.narrow(2, 2, 4) - space.plan().mean).abs().max().item<double>(), 0.1);
    }
  }
}

TEST(picture_space, the_first_waves_are_the_constant_and_half_a_period) {
  const PictureSpace space({.height = 4, .width = 4, .frequencies = 2, .mean = mean()});
  const Tensor patterns = space.patterns(at::eye(space.dimensions(), at::kDouble));
  EXPECT_LT(test::largest_difference(patterns[0][0], at::full({4, 4}, 0.25, at::kDouble)), 1e-12);
  // cos(pi (i + 1/2) / 4) sqrt(2/4) sqrt(1/4) along x
  EXPECT_NEAR(patterns[1][0][2][0].item<double>(), std::cos(0.125 * 3.14159265358979) * std::sqrt(0.125), 1e-9);
  EXPECT_NEAR(patterns[1][0][0][3].item<double>(), -patterns[1][0][0][0].item<double>(), 1e-12);
  EXPECT_EQ(patterns[1][1].abs().max().item<double>(), 0);
}

TEST(picture_space, noise_is_seeded_and_weaker_in_high_frequencies) {
  const PictureSpace space({.height = 32, .width = 32, .frequencies = 16, .mean = mean()});
  const Tensor noise = space.noise(20, 4).reshape({60, 16, 16}).square().mean(0);
  EXPECT_GT(noise.narrow(0, 0, 2).narrow(1, 0, 2).mean().item<double>(),
            20 * noise.narrow(0, 12, 4).narrow(1, 12, 4).mean().item<double>());
  EXPECT_TRUE(space.noise(2, 4).equal(space.noise(2, 4)));
  EXPECT_FALSE(space.noise(2, 4).equal(space.noise(2, 5)));
}

}  // namespace
}  // namespace fovea

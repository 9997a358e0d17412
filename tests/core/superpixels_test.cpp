// SPDX-License-Identifier: Apache-2.0
#include "core/superpixels.h"

#include <gtest/gtest.h>

#include <ATen/ops/zeros.h>

#include "support/net.h"

namespace fovea {
namespace {

/// A slanting edge between two colours.
Tensor two_colours() {
  Tensor picture = at::zeros({3, 40, 60});
  for (std::int64_t y = 0; y < 40; ++y) picture.select(1, y).narrow(1, 0, 20 + y / 2).fill_(1);
  return picture;
}

TEST(superpixels, do_not_cross_an_edge) {
  const Tensor picture = two_colours();
  const Tensor labels = superpixels(picture, 24, 2);
  const std::int64_t count = labels.max().item<std::int64_t>() + 1;
  EXPECT_GE(count, 12);
  EXPECT_LE(count, 48);
  for (std::int64_t k = 0; k < count; ++k) {
    const Tensor colours = picture[0].masked_select(labels == k);
    ASSERT_GT(colours.numel(), 0) << "number " << k << " is missing";
    EXPECT_LE(std::min(colours.mean().item<double>(), 1 - colours.mean().item<double>()), 0.05) << k;
  }
}

TEST(superpixels, of_an_even_picture_are_a_grid) {
  const Tensor labels = superpixels(at::zeros({1, 32, 32}), 16, 10);
  EXPECT_EQ(labels.max().item<std::int64_t>(), 15);
  for (std::int64_t k = 0; k < 16; ++k) EXPECT_NEAR((labels == k).sum().item<double>(), 64, 24) << k;
}

TEST(superpixels, one_is_everything) {
  EXPECT_EQ(superpixels(test::random_normal({3, 9, 7}, 1), 1, 10).max().item<std::int64_t>(), 0);
}

}  // namespace
}  // namespace fovea

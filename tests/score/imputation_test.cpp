// Pixels made up from their neighbours, against the system solved as it is written.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "score/imputation.h"
#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

/// The dense system over all pixels: kept ones stand for themselves.
Tensor solved(const Tensor& channel, const Tensor& removed) {
  const std::int64_t h = channel.size(0);
  const std::int64_t w = channel.size(1);
  Tensor matrix = at::zeros({h * w, h * w}, at::kDouble);
  Tensor right = at::zeros({h * w, 1}, at::kDouble);
  for (std::int64_t y = 0; y < h; ++y) {
    for (std::int64_t x = 0; x < w; ++x) {
      const std::int64_t i = y * w + x;
      if (removed[y][x].item<int>() == 0) {
        matrix[i][i] = 1;
        right[i][0] = channel[y][x].item<double>();
        continue;
      }
      double sum = 0;
      for (std::int64_t dy = -1; dy <= 1; ++dy) {
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
          const bool inside = y + dy >= 0 && x + dx >= 0 && y + dy < h && x + dx < w;
          if (!inside || (dx == 0 && dy == 0)) continue;
          const double weight = dx != 0 && dy != 0 ? 1.0 / 12 : 1.0 / 6;
          matrix[i][(y + dy) * w + x + dx] = -weight;
          sum += weight;
        }
      }
      matrix[i][i] = sum;
    }
  }
  return at::linalg_solve(matrix, right).reshape({h, w});
}

TEST(imputation, equals_the_system_solved_directly) {
  const Tensor picture = test::random_normal({1, 2, 9, 7}, 3);
  for (const double level : {-1.0, 0.0, 0.8}) {
    const Tensor removed = test::random_normal({9, 7}, 4).gt(level).to(at::kByte);
    const Tensor made = impute(picture, removed, 0, 1);
    for (std::int64_t c = 0; c < 2; ++c) {
      EXPECT_LT(test::largest_difference(made[0][c], solved(picture[0][c], removed)), 1e-5);
    }
    EXPECT_EQ(((made - picture) * (1 - removed.to(at::kFloat))).abs().max().item<float>(), 0) << "kept pixels stay";
  }
}

TEST(imputation, noise_is_keyed_by_the_seed_and_lies_on_made_up_pixels_only) {
  const Tensor picture = test::random_normal({1, 1, 30, 30}, 3);
  const Tensor removed = test::random_normal({30, 30}, 4).gt(0).to(at::kByte);
  const Tensor clean = impute(picture, removed, 0, 1);
  const Tensor noisy = impute(picture, removed, 0.5, 1);
  EXPECT_TRUE(noisy.equal(impute(picture, removed, 0.5, 1)));
  EXPECT_FALSE(noisy.equal(impute(picture, removed, 0.5, 2)));
  const Tensor noise = (noisy - clean)[0][0].masked_select(removed.to(at::kBool));
  EXPECT_NEAR(noise.std().item<double>(), 0.5 * picture.std().item<double>(), 0.06);
  EXPECT_EQ(((noisy - clean)[0][0] * (1 - removed.to(at::kFloat))).abs().max().item<float>(), 0);
}

TEST(imputation, refuses_what_has_no_answer) {
  const Tensor picture = test::random_normal({1, 1, 3, 3}, 3);
  EXPECT_TRUE(impute(picture, at::zeros({3, 3}, at::kByte), 1, 1).equal(picture)) << "nothing is removed";
  EXPECT_TRUE(test::holds(test::failure_of([&] {
                            impute(picture, at::ones({3, 3}, at::kByte), 0, 1);
                          }),
                          "every pixel"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { impute(picture, at::ones({3, 4}, at::kByte), 0, 1); }), "shape"));
}

}  // namespace
}  // namespace fovea

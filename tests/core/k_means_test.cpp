// SPDX-License-Identifier: Apache-2.0
#include "core/k_means.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "support/failure.h"

namespace fovea {
namespace {

TEST(k_means, clouds_that_lie_apart_are_found) {
  std::vector<Tensor> clouds;
  const double corners[][2] = {{0, 0}, {10, 0}, {0, 10}, {10, 10}};
  for (std::uint64_t c = 0; c < 4; ++c)
    clouds.push_back(normal({25, 2}, 1, c) + at::tensor({corners[c][0], corners[c][1]}));
  const KMeans found = k_means(at::cat(clouds), 4, 3);
  for (std::size_t cloud = 0; cloud < 4; ++cloud) {
    const std::int64_t group = found.groups[cloud * 25];
    for (std::size_t i = 0; i < 25; ++i) EXPECT_EQ(found.groups[cloud * 25 + i], group);
    const Tensor mean = clouds[cloud].mean(0).to(at::kDouble);
    EXPECT_LE((found.centres[group] - mean).abs().max().item<double>(), 1e-6) << "a centre is its points' mean";
  }
}

TEST(k_means, by_hand) {
  const KMeans found = k_means(at::tensor({0.0, 1.0, 9.0, 10.0, 11.0}).reshape({5, 1}), 2, 0);
  EXPECT_NEAR(found.spread, 0.5 + 2, 1e-9);
  EXPECT_EQ(found.groups[0], found.groups[1]);
  EXPECT_NE(found.groups[1], found.groups[2]);
}

TEST(k_means, equal_points_and_wrong_k) {
  EXPECT_EQ(k_means(at::tensor({1.0, 1.0, 1.0}).reshape({3, 1}), 2, 0).spread, 0);
  EXPECT_TRUE(test::holds(test::failure_of([] { k_means(at::tensor({1.0, 2.0}).reshape({2, 1}), 3, 0); }), "k = 3"));
}

}  // namespace
}  // namespace fovea

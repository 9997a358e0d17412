// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/ones.h>

#include "score/similarity.h"
#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::tensor;

TEST(similarity, rank_correlation_by_hand) {
  EXPECT_NEAR(rank_correlation(tensor({1, 2, 3}, {3}), tensor({10, 200, 3000}, {3})), 1, 1e-12);
  EXPECT_NEAR(rank_correlation(tensor({1, 2, 3}, {3}), tensor({9, 8, 7}, {3})), -1, 1e-12);
  // Ranks 0 1 2 3 and 1 0 3 2: 1 - 6 sum d^2 / (n (n^2 - 1)) = 1 - 24/60.
  EXPECT_NEAR(rank_correlation(tensor({1, 2, 3, 4}, {4}), tensor({2, 1, 4, 3}, {4})), 0.6, 1e-12);
  // Ties: ranks 0.5 0.5 2 and 0 1 2: covariance 1.5, variances 1.5 and 2.
  EXPECT_NEAR(rank_correlation(tensor({5, 5, 7}, {3}), tensor({1, 2, 3}, {3})), 1.5 / std::sqrt(3.0), 1e-12);
  EXPECT_EQ(rank_correlation(tensor({5, 5, 5}, {3}), tensor({1, 2, 3}, {3})), 0) << "a constant says nothing";
}

// The definition at one pixel of a large even part, worked out by hand: windows see constants, so variances are 0.
TEST(similarity, structural_similarity_of_flat_parts) {
  Tensor a = at::ones({40, 40}, at::kFloat);
  Tensor b = at::ones({40, 40}, at::kFloat);
  a.slice(0, 0, 20).fill_(0);
  b.slice(0, 0, 20).fill_(0);
  EXPECT_NEAR(structural_similarity(a, b), 1, 1e-9);
  EXPECT_NEAR(structural_similarity(a, 3 * b + 7), 1, 1e-9) << "both are scaled to 0..1";
  // Turned over, far from the edge one is 0 and the other 1: (C1)(C2) / ((1 + C1) C2) = C1 / (1 + C1).
  const double turned = structural_similarity(a, 1 - b);
  EXPECT_LT(turned, 0.0) << "at the edge they vary against each other";
  EXPECT_GT(turned, -0.4);
}

TEST(similarity, refuses_other_shapes) {
  EXPECT_TRUE(test::holds(test::failure_of([] { rank_correlation(tensor({1}, {1}), tensor({1, 2}, {2})); }), "shape"));
}

}  // namespace
}  // namespace fovea

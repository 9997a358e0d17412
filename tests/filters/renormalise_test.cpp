// ZFNet's renormalisation of filters, by hand.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/filters.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::largest_difference;
using test::tensor;

TEST(renormalise, scales_back_what_exceeds_the_limit) {
  // Root mean squares 0.5 and 5; with a limit of 1 the second is divided by 5.
  const Tensor weights = tensor({0.5, -0.5, 0.5, 0.5, 1, -7, 5, 5}, {2, 1, 2, 2}, at::kDouble);
  const Tensor expected = tensor({0.5, -0.5, 0.5, 0.5, 0.2, -1.4, 1, 1}, {2, 1, 2, 2}, at::kDouble);
  EXPECT_LT(largest_difference(renormalise(weights, 1), expected), 1e-15);
}

TEST(renormalise, limit_is_a_tenth_by_default) {
  const Tensor found = renormalise(tensor({3, -4, 0, 0}, {1, 4}, at::kDouble));  // RMS 2.5
  EXPECT_LT(largest_difference(found, tensor({0.12, -0.16, 0, 0}, {1, 4}, at::kDouble)), 1e-16);
  EXPECT_NEAR(found.pow(2).mean().sqrt().item<double>(), 0.1, 1e-16);
}

TEST(renormalise, smaller_filters_keep_every_bit) {
  const Tensor weights = test::random_normal({8, 3, 5, 5}, 1) * 0.05;
  EXPECT_TRUE(renormalise(weights).equal(weights));
  const Tensor at_the_limit = tensor({0.5, -0.5, 0, 0}, {2, 2});
  EXPECT_TRUE(renormalise(at_the_limit, 0.5).equal(at_the_limit)) << "exceeds is not equals; zeros stay zeros";
}

TEST(renormalise, keeps_type_and_shape_and_its_argument) {
  const Tensor weights = test::random_normal({4, 3, 2, 2}, 2);
  const Tensor before = weights.clone();
  const Tensor after = renormalise(weights);
  EXPECT_EQ(after.scalar_type(), at::kFloat);
  EXPECT_EQ(after.sizes(), weights.sizes());
  EXPECT_TRUE(weights.equal(before));
  const Tensor rms = after.pow(2).flatten(1).mean(1).sqrt();
  EXPECT_LT((rms - 0.1).abs().max().item<double>(), 1e-7);
}

TEST(renormalise, refuses_what_it_cannot_scale) {
  EXPECT_TRUE(holds(failure_of([] { renormalise(tensor({1, 2}, {2})); }), "shape: filters"));
  EXPECT_TRUE(holds(failure_of([] { renormalise(tensor({1, 2}, {1, 2}), 0); }), "usage: filters"));
}

}  // namespace
}  // namespace fovea

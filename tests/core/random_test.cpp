// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/random.h"

namespace fovea {
namespace {

TEST(random, normal_numbers_have_the_moments_of_a_normal) {
  const Tensor x = normal({100, 1000}, 1, 2).to(at::kDouble);
  EXPECT_NEAR(x.mean().item<double>(), 0, 0.01);
  EXPECT_NEAR(x.var().item<double>(), 1, 0.02);
  EXPECT_NEAR(x.pow(3).mean().item<double>(), 0, 0.05);
  EXPECT_NEAR(x.pow(4).mean().item<double>(), 3, 0.1);
  EXPECT_GT(x.max().item<double>(), 3.5);
}

TEST(random, uniform_numbers_fill_the_unit_interval) {
  const Tensor x = uniform({100000}, 3, 0).to(at::kDouble);
  EXPECT_NEAR(x.mean().item<double>(), 0.5, 0.005);
  EXPECT_NEAR(x.var().item<double>(), 1.0 / 12, 0.002);
  EXPECT_GE(x.min().item<double>(), 0);
  EXPECT_LT(x.max().item<double>(), 1);
}

TEST(random, is_keyed_by_seed_and_stream) {
  EXPECT_TRUE(normal({7}, 1, 2).equal(normal({7}, 1, 2)));
  EXPECT_FALSE(normal({7}, 1, 2).equal(normal({7}, 1, 3)));
  EXPECT_FALSE(normal({7}, 1, 2).equal(normal({7}, 2, 2)));
  EXPECT_TRUE(normal({7}, 1, 2).equal(normal({9}, 1, 2).narrow(0, 0, 7))) << "a longer draw begins alike";
}

// Known answer of philox4x32-10 for counter 0, key 0 (Random123's kat_vectors): 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
TEST(random, is_philox) {
  const Tensor x = uniform({4}, 0, 0).to(at::kDouble) * 0x1p24;
  EXPECT_EQ(x[0].item<double>(), 0x6627e8);
  EXPECT_EQ(x[1].item<double>(), 0xe169c5);
  EXPECT_EQ(x[2].item<double>(), 0xbc57ac);
  EXPECT_EQ(x[3].item<double>(), 0x9b00db);
}

}  // namespace
}  // namespace fovea

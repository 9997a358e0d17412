// SPDX-License-Identifier: Apache-2.0
#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(alpha_norm, by_hand_per_picture) {
  const Tensor two = tensor({0.5, 1.5, 0.5, 0.0}, {2, 1, 1, 2});
  EXPECT_LE(test::largest_difference(called("alpha_norm(2, power=2)", two), tensor({2, 0.5}, {2})), 1e-6);
  EXPECT_NEAR(called("alpha_norm(1)", two)[0].item<double>(), 1, 1e-6);
  EXPECT_NEAR(called("alpha_norm(1)", two)[1].item<double>(), 1.0 / 64, 1e-6);
}

}  // namespace
}  // namespace fovea

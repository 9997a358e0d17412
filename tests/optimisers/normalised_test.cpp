// SPDX-License-Identifier: Apache-2.0
#include "optimisers/climbed.h"

namespace fovea {
namespace {

/// One step from 0 with gradients (1, -3) of the first picture and (0, 0) of the second.
Tensor stepped(const char* text) {
  Tensor x = at::zeros({2, 2}, at::TensorOptions(at::kFloat)).requires_grad_();
  make_optimiser(text, {x}, 1)->step([&] {
    return Uphill{.value = 0, .gradients = {test::tensor({1, -3, 0, 0}, {2, 2})}};
  });
  return x.detach();
}

TEST(normalised, by_each_norm_and_picture) {
  EXPECT_LE(test::largest_difference(stepped("normalised(0.5)"), test::tensor({0.25, -0.75, 0, 0}, {2, 2})), 1e-6);
  EXPECT_LE(test::largest_difference(stepped("normalised(0.3, norm=max)"), test::tensor({0.1, -0.3, 0, 0}, {2, 2})),
            1e-6);
  const double rms = 2.2360680;  // sqrt((1 + 9) / 2)
  EXPECT_LE(
      test::largest_difference(stepped("normalised(1, norm=rms)"), test::tensor({1 / rms, -3 / rms, 0, 0}, {2, 2})),
      1e-6);
}

TEST(normalised, the_rate_moves_in_a_straight_line) {
  EXPECT_NEAR(test::climbed("normalised(0.5, last_rate=0.1)", 3), 0.5 + 0.3 + 0.1, 1e-6);
}

}  // namespace
}  // namespace fovea

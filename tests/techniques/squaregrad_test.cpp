// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(squaregrad, is_smoothgrad_squared_plus_vargrad) {
  const test::Asked asked;
  const Settings few{{"samples", "20"}};
  const Tensor mean = asked.ask("smoothgrad", few);
  EXPECT_LE(test::relative_error(asked.ask("squaregrad", few), mean.square() + asked.ask("vargrad", few)), 1e-5);
}

TEST(squaregrad, without_noise_is_the_gradient_squared) {
  const test::Asked asked;
  EXPECT_TRUE(
      asked.ask("squaregrad", {{"sigma", "0"}, {"samples", "2"}}).allclose(asked.ask("gradient").square(), 1e-4, 1e-9));
}

}  // namespace
}  // namespace fovea

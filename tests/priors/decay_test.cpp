// SPDX-License-Identifier: Apache-2.0
#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(decay, towards_the_mean_but_not_in_the_last_step) {
  const Tensor pixel = tensor({1.5}, {1, 1, 1, 1});
  EXPECT_NEAR(called("decay(0.1)", pixel).item<double>(), 1.4, 1e-6);
  EXPECT_NEAR(called("decay(0.1)", pixel, {}, 9, 10).item<double>(), 1.5, 1e-6);
}

}  // namespace
}  // namespace fovea

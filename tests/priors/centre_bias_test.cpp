// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(centre_bias, a_margin_and_a_window) {
  const Tensor ones = at::full({1, 1, 3, 3}, 1.0);
  EXPECT_TRUE(called("centre_bias(0, margin=1)", ones, ones).equal(tensor({0, 0, 0, 0, 1, 0, 0, 0, 0}, {1, 1, 3, 3})));
  const Tensor window = called("centre_bias(0.5)", ones, ones);
  EXPECT_NEAR(window[0][0][1][1].item<double>(), 1, 1e-6);
  EXPECT_NEAR(window[0][0][0][1].item<double>(), std::exp(-0.5 / 2.25), 1e-6);
  EXPECT_NEAR(window[0][0][0][0].item<double>(), std::exp(-1 / 2.25), 1e-6);
}

}  // namespace
}  // namespace fovea

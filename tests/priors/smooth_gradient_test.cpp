// SPDX-License-Identifier: Apache-2.0
#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(smooth_gradient, spreads_and_keeps_the_sum) {
  Tensor point = at::full({1, 1, 9, 9}, 0.0);
  point[0][0][4][4] = 1.0;
  const Tensor smooth = called("smooth_gradient(0.8)", point, point);
  EXPECT_NEAR(smooth.sum().item<double>(), 1, 1e-4);
  EXPECT_LT(smooth[0][0][4][4].item<double>(), 0.5);
  EXPECT_TRUE(called("smooth_gradient(0)", point, point).equal(point));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <fovea/trace.h>

#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(total_variation_prior, by_hand) {
  const Tensor picture = tensor({0, 3, 4, 0}, {1, 1, 2, 2});
  // dx: 3 and -4 in the first column, dy: 4 and -3 in the first row; (dx, dy) = (3,4), (0,-3), (-4,0), (0,0).
  EXPECT_NEAR(called("total_variation(1)", picture).item<double>(), 25 + 9 + 16, 1e-5);
  EXPECT_NEAR(called("total_variation(2, beta=1)", picture).item<double>(), 2 * (5 + 3 + 4), 1e-3);
  EXPECT_NEAR(called("total_variation(1, beta=1, isotropic=false)", picture).item<double>(), 3 + 4 + 4 + 3, 1e-5);
  EXPECT_NEAR(called("total_variation(1)", tensor({7}, {1, 1, 1, 1})).item<double>(), 0, 1e-6);
}

TEST(total_variation_prior, beta_1_has_a_gradient_on_flat_pictures) {
  const Tensor leaf = at::full({1, 1, 3, 3}, 0.3).requires_grad_();
  const Tensor value = called("total_variation(1, beta=1)", leaf);
  const Tensor gradient = vjp({value}, {leaf}, {at::full({1}, 1.0)})[0];
  EXPECT_TRUE(gradient.isfinite().all().item<bool>());
}

}  // namespace
}  // namespace fovea

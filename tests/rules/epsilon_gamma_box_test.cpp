// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"

#include <ATen/ops/full.h>

namespace fovea {
namespace {

TEST(epsilon_gamma_box, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule epsilon = test::slow_epsilon(1e-9);
  const Tensor low = at::full({144}, -3.0, at::kDouble);
  const Tensor high = at::full({144}, 3.5, at::kDouble);
  test::expect_lrp("epsilon_gamma_box",
                   {test::slow_z_box(low, high, 1e-9), test::slow_gamma(0.25, 1e-9), epsilon, epsilon},
                   {{"low", "-3"}, {"high", "3.5"}});
}

}  // namespace
}  // namespace fovea

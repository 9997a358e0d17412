// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"

namespace fovea {
namespace {

TEST(epsilon_alpha2_beta1, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule both = test::slow_alpha_beta(2, 1e-9);
  const test::SlowRule epsilon = test::slow_epsilon(1e-9);
  test::expect_lrp("epsilon_alpha2_beta1", {both, both, epsilon, epsilon});
}

}  // namespace
}  // namespace fovea

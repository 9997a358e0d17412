// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"

namespace fovea {
namespace {

TEST(lrp_flat, shares_evenly_whatever_the_inputs_hold) {
  const Tensor r = test::lrp_of_one_unit("lrp_flat", {}, 99, 6);
  EXPECT_TRUE(r.allclose(test::tensor({2, 2, 2}, {1, 3}, at::kDouble))) << r;
}

TEST(lrp_flat, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule rule = test::slow_flat();
  test::expect_lrp("lrp_flat", {rule, rule, rule, test::slow_epsilon(1e-9)});
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"

namespace fovea {
namespace {

// Contributions 6, 4 and 5, bias 5: z = 20.
TEST(lrp_zero, shares_in_proportion_and_loses_the_bias) {
  EXPECT_TRUE(test::lrp_of_one_unit("lrp_zero", {}, 5, 20).allclose(test::tensor({6, 4, 5}, {1, 3}, at::kDouble)));
}

TEST(lrp_zero, nothing_over_nothing_is_nothing) {
  EXPECT_TRUE(test::lrp_of_one_unit("lrp_zero", {}, -15, 20).equal(test::tensor({0, 0, 0}, {1, 3}, at::kDouble)));
}

TEST(lrp_zero, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule rule = test::slow_epsilon(0);
  test::expect_lrp("lrp_zero", {rule, rule, rule, rule});
}

}  // namespace
}  // namespace fovea

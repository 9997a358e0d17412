// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"

namespace fovea {
namespace {

// Contributions 6, 4 and 5, bias -17: z = -2, and epsilon takes its sign.
TEST(lrp_epsilon, stabilises_away_from_zero) {
  const Tensor r = test::lrp_of_one_unit("lrp_epsilon", {{"epsilon", "1"}}, -17, 3);
  EXPECT_TRUE(r.allclose(test::tensor({-6, -4, -5}, {1, 3}, at::kDouble))) << r;
}

TEST(lrp_epsilon, the_sign_of_zero_is_positive) {
  const Tensor r = test::lrp_of_one_unit("lrp_epsilon", {{"epsilon", "1"}}, -15, 3);
  EXPECT_TRUE(r.allclose(test::tensor({18, 12, 15}, {1, 3}, at::kDouble))) << r;
}

TEST(lrp_epsilon, follows_the_definition_on_explicit_matrices) {
  for (const double epsilon : {1e-6, 0.1}) {
    const test::SlowRule rule = test::slow_epsilon(epsilon);
    test::expect_lrp("lrp_epsilon", {rule, rule, rule, rule}, {{"epsilon", std::to_string(epsilon)}});
  }
}

}  // namespace
}  // namespace fovea

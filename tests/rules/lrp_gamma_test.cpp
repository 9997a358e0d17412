// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

namespace fovea {
namespace {

// Weights (3, 4, -1) become (6, 8, -1), the bias 5 becomes 10: contributions 12, 8, 5 of 35.
TEST(lrp_gamma, favours_positive_weights_and_biases) {
  const Tensor r = test::lrp_of_one_unit("lrp_gamma", {{"gamma", "1"}, {"epsilon", "0"}}, 5, 35);
  EXPECT_TRUE(r.allclose(test::tensor({12, 8, 5}, {1, 3}, at::kDouble))) << r;
}

TEST(lrp_gamma, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule rule = test::slow_gamma(0.5, 1e-9);
  test::expect_lrp("lrp_gamma", {rule, rule, rule, test::slow_epsilon(1e-9)}, {{"gamma", "0.5"}});
}

TEST(lrp_gamma_technique, without_gamma_is_lrp_epsilon) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("lrp_gamma", {{"gamma", "0"}}), asked.ask("lrp_epsilon")), 1e-3);
  EXPECT_GT(test::relative_error(asked.ask("lrp_gamma"), asked.ask("lrp_epsilon")), 0.05);
}

}  // namespace
}  // namespace fovea

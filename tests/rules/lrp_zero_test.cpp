// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

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

TEST(lrp_zero_technique, is_input_times_gradient_on_a_relu_network) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("lrp_zero"), asked.ask("input_x_gradient")), 1e-3);
}

TEST(lrp_zero_technique, says_what_the_biases_took) {
  const test::Asked asked;
  const Map map = asked.whole("lrp_zero");
  ASSERT_EQ(map.figures[0].first, "start");
  EXPECT_NEAR(map.figures[0].second, asked.subject.trace().scores()[0][2].item<double>(), 1e-5);
  EXPECT_NEAR(map.figures[0].second - map.values.sum().item<double>(), map.figures[2].second, 1e-4);
}

}  // namespace
}  // namespace fovea

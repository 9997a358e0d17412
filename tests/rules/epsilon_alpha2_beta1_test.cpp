// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(epsilon_alpha2_beta1, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule both = test::slow_alpha_beta(2, 1e-9);
  const test::SlowRule epsilon = test::slow_epsilon(1e-9);
  test::expect_lrp("epsilon_alpha2_beta1", {both, both, epsilon, epsilon});
}

TEST(epsilon_alpha2_beta1_technique, is_alpha_beta_below_the_classifier_and_epsilon_in_it) {
  const test::Asked asked;
  EXPECT_GT(test::relative_error(asked.ask("epsilon_alpha2_beta1"), asked.ask("lrp_alpha_beta")), 0.01);
  const std::string pooled = asked.model.graph.nodes().end()[-3].name;
  EXPECT_TRUE(asked.ask("epsilon_alpha2_beta1", {}, pooled).allclose(asked.ask("lrp_epsilon", {}, pooled), 1e-4, 1e-6));
}

}  // namespace
}  // namespace fovea

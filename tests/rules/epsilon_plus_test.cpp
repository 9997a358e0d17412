// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(epsilon_plus, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule plus = test::slow_alpha_beta(1, 1e-9);
  const test::SlowRule epsilon = test::slow_epsilon(1e-9);
  test::expect_lrp("epsilon_plus", {plus, plus, epsilon, epsilon});
}

// A single fully connected layer: epsilon, not z-plus.
TEST(epsilon_plus, rules_fully_connected_layers_by_epsilon) {
  EXPECT_TRUE(
      test::lrp_of_one_unit("epsilon_plus", {}, 5, 20).allclose(test::lrp_of_one_unit("lrp_epsilon", {}, 5, 20), 1e-9));
}

TEST(epsilon_plus_technique, is_z_plus_below_the_classifier_and_epsilon_in_it) {
  const test::Asked asked;
  EXPECT_GT(test::relative_error(asked.ask("epsilon_plus"), asked.ask("lrp_z_plus")), 0.01);
  const std::string pooled = asked.model.graph.nodes().end()[-3].name;
  EXPECT_TRUE(asked.ask("epsilon_plus", {}, pooled).allclose(asked.ask("lrp_epsilon", {}, pooled), 1e-4, 1e-6));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(epsilon_alpha2_beta1_technique, is_alpha_beta_below_the_classifier_and_epsilon_in_it) {
  const test::Asked asked;
  EXPECT_GT(test::relative_error(asked.ask("epsilon_alpha2_beta1"), asked.ask("lrp_alpha_beta")), 0.01);
  const std::string pooled = asked.model.graph.nodes().end()[-3].name;
  EXPECT_TRUE(asked.ask("epsilon_alpha2_beta1", {}, pooled).allclose(asked.ask("lrp_epsilon", {}, pooled), 1e-4, 1e-6));
}

}  // namespace
}  // namespace fovea

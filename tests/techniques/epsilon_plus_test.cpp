// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(epsilon_plus_technique, is_z_plus_below_the_classifier_and_epsilon_in_it) {
  const test::Asked asked;
  EXPECT_GT(test::relative_error(asked.ask("epsilon_plus"), asked.ask("lrp_z_plus")), 0.01);
  const std::string pooled = asked.model.graph.nodes().end()[-3].name;
  EXPECT_TRUE(asked.ask("epsilon_plus", {}, pooled).allclose(asked.ask("lrp_epsilon", {}, pooled), 1e-4, 1e-6));
}

}  // namespace
}  // namespace fovea

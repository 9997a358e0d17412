// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(epsilon_gamma_box_technique, is_gamma_above_the_first_layer) {
  const test::Asked asked;
  const Settings gamma{{"gamma", "0.5"}};
  const Tensor below = asked.ask("epsilon_gamma_box", gamma);
  EXPECT_GT(test::relative_error(below, asked.ask("lrp_gamma", gamma)), 0.01) << "the pixels have z-box";
  const std::string pooled = asked.model.graph.nodes().end()[-3].name;
  EXPECT_TRUE(asked.ask("epsilon_gamma_box", gamma, pooled).allclose(asked.ask("lrp_epsilon", {}, pooled), 1e-4, 1e-6));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"

#include <ATen/ops/full.h>
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(epsilon_gamma_box, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule epsilon = test::slow_epsilon(1e-9);
  const Tensor low = at::full({144}, -3.0, at::kDouble);
  const Tensor high = at::full({144}, 3.5, at::kDouble);
  test::expect_lrp("epsilon_gamma_box",
                   {test::slow_z_box(low, high, 1e-9), test::slow_gamma(0.25, 1e-9), epsilon, epsilon},
                   {{"low", "-3"}, {"high", "3.5"}});
}

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

// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

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

TEST(lrp_epsilon_technique, is_input_times_gradient_on_a_relu_network) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("lrp_epsilon", {{"epsilon", "1e-9"}}), asked.ask("input_x_gradient")), 1e-3);
}

TEST(lrp_epsilon_technique, epsilon_absorbs) {
  const test::Asked asked;
  EXPECT_LT(asked.ask("lrp_epsilon", {{"epsilon", "10"}}).abs().sum().item<double>(),
            0.1 * asked.ask("lrp_epsilon").abs().sum().item<double>());
}

// Folded or not, a linear map followed by a scale and a shift is one linear map.
TEST(lrp_epsilon_technique, batch_norm_folded_or_as_a_layer_is_the_same_for_small_epsilon) {
  test::Net net;
  ValueId x = net.conv(net.input("x", {-1, 3, 8, 8}), 3, 4, 3, 1, 1);
  x = net.node("BatchNormalization",
               {x, net.constant(test::random_normal({4}, 1).abs() + 0.5), net.constant(test::random_normal({4}, 2)),
                net.constant(test::random_normal({4}, 3)), net.constant(test::random_normal({4}, 4).abs() + 0.5)});
  net.gemm(net.node("Flatten", {net.node("Relu", {x})}), 256, 3);
  const Model model = net.model();
  const Subject subject(model, test::random_normal({1, 3, 8, 8}, 5));
  const auto ask = [&](const char* batch_norm) {
    return explain(find_technique("lrp_epsilon"), subject, logit(1),
                   {.settings = {{"batch_norm", batch_norm}, {"epsilon", "1e-7"}}});
  };
  EXPECT_LE(test::relative_error(ask("fold").values, ask("layer").values), 1e-3);
  EXPECT_EQ(ask("fold").notes[0], "batch norm folded into the convolutions before it");
  EXPECT_NE(ask("layer").notes[0].find("1 batch normalisations"), std::string::npos);
}

}  // namespace
}  // namespace fovea

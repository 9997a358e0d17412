// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

namespace fovea {
namespace {

// All contributions are positive, 6, 4 and 5; the bias is the one negative thing.
TEST(lrp_alpha_beta, biases_count_with_their_sign) {
  const Settings exact{{"epsilon", "0"}};
  const Tensor shares = test::tensor({6, 4, 5}, {1, 3}, at::kDouble);
  EXPECT_TRUE(test::lrp_of_one_unit("lrp_alpha_beta", exact, -5, 15).allclose(shares * 2));
  EXPECT_TRUE(test::lrp_of_one_unit("lrp_alpha_beta", exact, 15, 15).allclose(shares));
}

TEST(lrp_alpha_beta, follows_the_definition_on_explicit_matrices) {
  for (const double alpha : {1.0, 2.0, 3.5}) {
    const test::SlowRule rule = test::slow_alpha_beta(alpha, 1e-9);
    test::expect_lrp("lrp_alpha_beta", {rule, rule, rule, test::slow_epsilon(1e-9)},
                     {{"alpha", std::to_string(alpha)}});
  }
}

// alpha and beta weigh z+ and z- of one layer: x (1, 1), w (3, -1): 2 * 4 - 1 * 4 shared as (8, -4) of relevance 4.
TEST(lrp_alpha_beta, by_hand) {
  test::Net net;
  net.node("Gemm", {net.input("x", {-1, 2}), net.constant(test::tensor({3, -1}, {2, 1}))});
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::tensor({1, 1}, {1, 2}));
  const Relevance r = walk(trace, {{graph.outputs()[0], test::tensor({4}, {1, 1})}}, find_recipe("lrp_alpha_beta"));
  EXPECT_TRUE(r.at(graph.inputs()[0]).allclose(test::tensor({8, -4}, {1, 2}), 1e-5));
}

TEST(lrp_alpha_beta_technique, with_alpha_1_is_z_plus) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("lrp_alpha_beta", {{"alpha", "1"}}), asked.ask("lrp_z_plus")), 1e-6);
  EXPECT_LT(asked.ask("lrp_alpha_beta").min().item<float>(), 0) << "alpha 2 shows negative evidence";
}

}  // namespace
}  // namespace fovea

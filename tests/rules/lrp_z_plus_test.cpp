// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(lrp_z_plus, shares_positive_contributions) {
  const Tensor r = test::lrp_of_one_unit("lrp_z_plus", {{"epsilon", "0"}}, -100, 30);
  EXPECT_TRUE(r.allclose(test::tensor({12, 8, 10}, {1, 3}, at::kDouble))) << r;
}

TEST(lrp_z_plus, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule rule = test::slow_alpha_beta(1, 1e-9);
  test::expect_lrp("lrp_z_plus", {rule, rule, rule, test::slow_epsilon(1e-9)});
}

// Without biases every layer hands on all it has; a negative scale of Gemm turns weights around.
TEST(lrp_z_plus, conserves_without_biases_and_minds_a_negative_scale) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 4});
  const ValueId hidden = net.node("Relu", {net.node("Gemm", {x, net.constant(test::random_normal({4, 6}, 3))})});
  net.node("Gemm", {hidden, net.constant(test::random_normal({6, 2}, 4))}, test::attributes({{"alpha", -2.0}}));
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::random_normal({1, 4}, 5));
  const Relevance r =
      walk(trace, {{graph.outputs()[0], test::tensor({1, 0}, {1, 2})}}, find_recipe("lrp_z_plus"), {.keep_all = true});
  const Tensor at_hidden = r.at(hidden)[0];
  const Tensor contributions = trace.value(hidden)[0] * -2 * graph.weights()[graph.nodes()[2].inputs[1]].select(1, 0);
  EXPECT_TRUE(at_hidden.allclose(contributions.clamp_min(0) / contributions.clamp_min(0).sum(), 1e-4));
  EXPECT_NEAR(r.at(x).sum().item<double>(), 1, 1e-4);
}

TEST(lrp_z_plus_technique, has_the_sign_of_the_score) {
  const test::Asked asked;
  const double score = asked.subject.trace().scores()[0][2].item<double>();
  EXPECT_GE((asked.ask("lrp_z_plus") * score).min().item<double>(), 0);
}

}  // namespace
}  // namespace fovea

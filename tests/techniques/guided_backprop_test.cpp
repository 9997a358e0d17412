// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(guided_backprop, walks_by_the_guided_recipe) {
  const test::Asked asked;
  const Trace& trace = asked.subject.trace();
  const Tensor expected =
      walk(trace, seed(trace, logit(2)), find_recipe("guided")).at(asked.model.graph.inputs()[0])[0];
  const Tensor map = asked.ask("guided_backprop");
  EXPECT_TRUE(map.equal(expected));
  EXPECT_FALSE(map.equal(asked.ask("gradient")));
}

TEST(guided_backprop, says_that_it_equals_the_gradient_without_relu) {
  test::Net net;
  net.gemm(net.node("Tanh", {net.gemm(net.input("x", {-1, 4}), 4, 3)}), 3, 2);
  const Model model = net.model();
  const Subject subject(model, test::random_normal({1, 4}, 1));
  const Map guided = explain(find_technique("guided_backprop"), subject, logit(0));
  EXPECT_TRUE(guided.values.equal(explain(find_technique("gradient"), subject, logit(0)).values));
  ASSERT_FALSE(guided.notes.empty());
  EXPECT_NE(guided.notes[0].find("equals the gradient"), std::string::npos);
}

}  // namespace
}  // namespace fovea

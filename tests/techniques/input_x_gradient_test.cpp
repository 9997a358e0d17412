// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(input_x_gradient, multiplies_by_the_input_or_the_activation) {
  const test::Asked asked;
  EXPECT_TRUE(asked.ask("input_x_gradient").allclose(asked.input[0] * asked.ask("gradient")));
  const Tensor activation = asked.subject.trace().value(asked.model.graph.at("features"))[0];
  EXPECT_TRUE(asked.ask("input_x_gradient", {}, "features").allclose(activation * asked.gradient_at_value("features")));
}

// Without biases a ReLU network is homogeneous: x . dy/dx = y (Euler).
TEST(input_x_gradient, sums_to_the_objective_without_biases) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 6});
  const ValueId hidden = net.node("Relu", {net.node("MatMul", {x, net.constant(test::random_normal({6, 7}, 1))})});
  net.node("MatMul", {hidden, net.constant(test::random_normal({7, 3}, 2))});
  const Model model = net.model();
  const Subject subject(model, test::random_normal({1, 6}, 3));
  const Map map = explain(find_technique("input_x_gradient"), subject, logit(1));
  EXPECT_NEAR(map.values.sum().item<double>(), subject.trace().scores()[0][1].item<double>(), 1e-5);
}

}  // namespace
}  // namespace fovea

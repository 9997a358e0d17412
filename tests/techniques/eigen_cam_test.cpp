// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/stack.h>

#include "techniques/asked.h"

namespace fovea {
namespace {

/// One conv layer whose activations are the input's own channels, so that a test can choose them.
Model pass_through() {
  test::Net net;
  const ValueId x = net.input("x", {-1, 2, 2, 2});
  const ValueId eye = net.constant(test::tensor({1, 0, 0, 1}, {2, 2, 1, 1}));
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {net.node("Conv", {x, eye}, {}, "layer")})}), 2, 2);
  return net.model();
}

Tensor ask(const Tensor& activations, const char* centre) {
  const Model model = pass_through();
  const Subject subject(model, activations.unsqueeze(0));
  return explain(find_technique("eigen_cam"), subject, logit(0), {.at = "layer", .settings = {{"centre", centre}}})
      .values;
}

// Places are multiples of one direction (0.6, 0.8): the projection is the multiple.
TEST(eigen_cam, projects_on_the_one_direction_there_is) {
  const Tensor multiple = test::tensor({1, 2, 3, 10}, {2, 2});
  const Tensor activations = at::stack({multiple * 0.6, multiple * 0.8});
  EXPECT_TRUE(ask(activations, "false").allclose(multiple, 1e-5, 1e-5));
  EXPECT_TRUE(ask(activations, "true").allclose(multiple - 4, 1e-5, 1e-5)) << "without the mean, 4";
  EXPECT_TRUE(ask(-activations, "false").allclose(multiple, 1e-5, 1e-5)) << "the sign makes the mean positive";
}

TEST(eigen_cam, does_not_depend_on_the_class) {
  const test::Asked asked;
  EXPECT_TRUE(asked.ask("eigen_cam", {}, {}, "logit(1)").equal(asked.ask("eigen_cam", {}, {}, "logit(2)")));
}

}  // namespace
}  // namespace fovea

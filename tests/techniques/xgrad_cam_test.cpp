// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(xgrad_cam, averages_the_gradient_in_proportion_to_the_activation) {
  const test::Asked asked;
  const Tensor activation = asked.subject.trace().value(asked.model.graph.at("early"))[0];
  const Tensor gradient = asked.gradient_at_value("early");
  Tensor expected = activation[0] * 0;
  for (std::int64_t k = 0; k < activation.size(0); ++k) {
    const double total = activation[k].sum().item<double>();
    const double weighted = (gradient[k] * activation[k]).sum().item<double>();
    expected = expected + activation[k] * (weighted / total);
  }
  EXPECT_LE(test::relative_error(asked.ask("xgrad_cam", {}, "early"), expected), 1e-5);
}

// The average of a gradient that is the same everywhere is that gradient, whatever the weights.
TEST(xgrad_cam, is_grad_cam_where_the_gradient_is_even) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("xgrad_cam"), asked.ask("grad_cam")), 1e-5);
}

}  // namespace
}  // namespace fovea

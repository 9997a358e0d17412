// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/linalg_eigh.h>

#include "techniques/asked.h"

namespace fovea {
namespace {

// By the definition over the covariance of channels, whose largest eigenvector is the first right singular vector.
TEST(eigen_grad_cam, is_the_first_principal_component_of_gradient_times_activation) {
  const test::Asked asked;
  const Tensor product =
      (asked.subject.trace().value(asked.model.graph.at("early"))[0] * asked.gradient_at_value("early"))
          .to(at::kDouble);
  const Tensor rows = product.flatten(1).t() - product.flatten(1).t().mean(0, true);
  const auto [values, vectors] = at::linalg_eigh(rows.t().mm(rows));
  const Tensor expected = rows.mv(vectors.select(1, -1)).reshape({16, 16});
  const Tensor map = asked.ask("eigen_grad_cam", {}, "early").to(at::kDouble);
  EXPECT_LE(std::min(test::relative_error(map, expected), test::relative_error(map, -expected)), 1e-5);
}

}  // namespace
}  // namespace fovea

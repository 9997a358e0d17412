// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(grad_cam_pp, weighs_by_the_papers_alpha) {
  const test::Asked asked;
  const Tensor activation = asked.subject.trace().value(asked.model.graph.at("early"))[0].to(at::kDouble);
  const Tensor gradient = asked.gradient_at_value("early").to(at::kDouble);
  Tensor expected = activation[0] * 0;
  for (std::int64_t k = 0; k < activation.size(0); ++k) {
    const double total = activation[k].sum().item<double>();
    double weight = 0;
    for (std::int64_t y = 0; y < 16; ++y) {
      for (std::int64_t x = 0; x < 16; ++x) {
        const double g = gradient[k][y][x].item<double>();
        if (g > 0) weight += g * g * g / (2 * g * g + total * g * g * g);
      }
    }
    expected = expected + activation[k] * weight;
  }
  EXPECT_LE(test::relative_error(asked.ask("grad_cam_pp", {{"guard", "0"}}, "early"), expected), 1e-4);
}

TEST(grad_cam_pp, a_gradient_of_zero_counts_nothing) {
  test::Net net;  // only one place of the layer is read
  const ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 4, 4}), 3, 2, 3, 1, 1)}, {}, "layer");
  net.gemm(net.node("Flatten", {net.node("GlobalMaxPool", {x})}), 2, 2);
  const Model model = net.model();
  const Subject subject(model, test::random_normal({1, 3, 4, 4}, 5));
  const Map map =
      explain(find_technique("grad_cam_pp"), subject, logit(0), {.at = "layer", .settings = {{"guard", "0"}}});
  EXPECT_TRUE(map.values.isfinite().all().item<bool>());
}

}  // namespace
}  // namespace fovea

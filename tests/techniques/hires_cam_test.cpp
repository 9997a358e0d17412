// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

// Global average and a linear layer follow: the map sums to the score without its bias (Draelos and Carin, section 3).
TEST(hires_cam, sums_to_the_score_where_linear_layers_follow) {
  const test::Asked asked;
  const Graph& graph = asked.model.graph;
  const Tensor bias = graph.weights()[graph.nodes().back().inputs[2]][2];
  const double score = asked.subject.trace().scores()[0][2].item<double>();
  EXPECT_NEAR(asked.ask("hires_cam").sum().item<double>(), score - bias.item<double>(), 1e-5);
}

TEST(hires_cam, multiplies_place_by_place) {
  const test::Asked asked;
  const Tensor activation = asked.subject.trace().value(asked.model.graph.at("early"))[0];
  const Tensor gradient = asked.gradient_at_value("early");
  const Tensor map = asked.ask("hires_cam", {}, "early");
  double sum = 0;
  for (std::int64_t k = 0; k < activation.size(0); ++k) {
    sum += gradient[k][4][7].item<double>() * activation[k][4][7].item<double>();
  }
  EXPECT_NEAR(map[4][7].item<double>(), sum, 1e-6);
}

}  // namespace
}  // namespace fovea

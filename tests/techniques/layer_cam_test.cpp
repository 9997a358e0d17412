// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(layer_cam, weighs_every_place_by_its_own_positive_gradient) {
  const test::Asked asked;
  const Tensor activation = asked.subject.trace().value(asked.model.graph.at("early"))[0];
  const Tensor gradient = asked.gradient_at_value("early");
  const Tensor map = asked.ask("layer_cam", {}, "early");
  for (std::int64_t y = 0; y < map.size(0); y += 5) {
    for (std::int64_t x = 0; x < map.size(1); x += 3) {
      double sum = 0;
      for (std::int64_t k = 0; k < activation.size(0); ++k) {
        sum += std::max(gradient[k][y][x].item<double>(), 0.0) * activation[k][y][x].item<double>();
      }
      EXPECT_NEAR(map[y][x].item<double>(), sum, 1e-6);
    }
  }
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

// The slow definition, one channel after another; masks by cv2.resize's rule.
TEST(score_cam, weighs_by_the_score_of_the_picture_seen_through_each_map) {
  const test::Asked asked;
  const Tensor maps = asked.subject.trace().value(asked.model.graph.at("features"))[0];
  const Tensor nothing = asked.input * 0;
  const double at_nothing = run(asked.model.graph, nothing).scores()[0][2].item<double>();
  std::vector<double> gained;
  for (std::int64_t k = 0; k < maps.size(0); ++k) {
    Tensor mask = resize_map(maps[k], 16, 16);
    const double range = (mask.max() - mask.min()).item<double>();
    mask = range > 0 ? (mask - mask.min()) / range : mask * 0;
    gained.push_back(run(asked.model.graph, asked.input * mask).scores()[0][2].item<double>() - at_nothing);
  }
  const Tensor gain = test::tensor(gained, {maps.size(0)});
  const auto expected = [&](const Tensor& weights) { return (weights.reshape({-1, 1, 1}) * maps).sum(0); };
  EXPECT_LE(test::relative_error(asked.ask("score_cam"), expected(gain.softmax(0))), 1e-5);
  EXPECT_LE(test::relative_error(asked.ask("score_cam", {{"weights", "gain"}}), expected(gain)), 1e-4);
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

// With global average pooling and one linear layer the weights are the classifier's own over h*w: Grad-CAM is CAM.
TEST(grad_cam, equals_cam_on_a_pooled_linear_classifier) {
  const test::Asked asked;
  const Graph& graph = asked.model.graph;
  const Tensor activation = asked.subject.trace().value(graph.at("features"))[0];
  const Tensor weight = graph.weights()[graph.nodes().back().inputs[1]][2];
  const Tensor cam = (weight.reshape({-1, 1, 1}) * activation).sum(0) / (7.0 * 7.0);
  const Map map = asked.whole("grad_cam");
  EXPECT_TRUE(map.values.allclose(cam, 1e-4, 1e-7));
  EXPECT_EQ(map.at, "features") << "the last value with positions, before global pooling";
}

TEST(grad_cam, relu_clamps_only_the_final_map) {
  const test::Asked asked;
  const Tensor raw = asked.ask("grad_cam", {{"relu", "false"}});
  ASSERT_LT(raw.min().item<float>(), 0);
  EXPECT_TRUE(asked.ask("grad_cam", {{"relu", "true"}}).equal(raw.clamp_min(0)));
  EXPECT_TRUE(asked.ask("grad_cam").equal(raw));
}

TEST(grad_cam, counterfactual_by_a_negative_objective) {
  const test::Asked asked;
  EXPECT_TRUE(asked.ask("grad_cam", {}, {}, "-logit(2)").allclose(-asked.ask("grad_cam")));
}

TEST(grad_cam, refuses_a_layer_without_positions) {
  const test::Asked asked;
  try {
    asked.ask("grad_cam", {}, asked.model.graph.nodes().end()[-2].name);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint().find("'features'"), std::string::npos) << error.hint();
  }
}

}  // namespace
}  // namespace fovea

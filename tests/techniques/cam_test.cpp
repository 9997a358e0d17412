// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(cam, weighs_maps_by_the_classifiers_weights) {
  const test::Asked asked;
  const Graph& graph = asked.model.graph;
  const Tensor activation = asked.subject.trace().value(graph.at("features"))[0];
  const Tensor weight = graph.weights()[graph.nodes().back().inputs[1]][2];
  const Map map = asked.whole("cam");
  EXPECT_TRUE(map.values.allclose((weight.reshape({-1, 1, 1}) * activation).sum(0), 1e-4, 1e-6));
  EXPECT_EQ(map.at, "features");

  const Tensor bias = graph.weights()[graph.nodes().back().inputs[2]][2];
  const double score = asked.subject.trace().scores()[0][2].item<double>();
  EXPECT_NEAR(map.figures.front().second, score - bias.item<double>(), 1e-5) << "its mean is the score";
}

void expect_refusal(const Model& model, const Shape& shape, const std::string& at, const std::string& says) {
  const Subject subject(model, test::random_normal(shape, 3));
  try {
    explain(find_technique("cam"), subject, logit(0), {.at = at});
    FAIL() << "CAM was made of a network that has none";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
  }
}

TEST(cam, names_the_node_that_breaks_its_form) {
  const test::Asked asked;
  expect_refusal(asked.model, {1, 3, 16, 16}, "early", "MaxPool");
  test::Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 8, 8}), 3, 4, 3, 1, 1)});
  x = net.node("Relu", {net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 4, 6)}, {}, "hidden");
  net.gemm(x, 6, 2);
  expect_refusal(net.model(), {1, 3, 8, 8}, "", "'hidden' (Relu)");
}

TEST(cam, needs_a_global_average) {
  test::Net net;
  const ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 8, 8}), 3, 4, 3, 1, 1)});
  net.gemm(net.node("Flatten", {x}), 256, 2);
  expect_refusal(net.model(), {1, 3, 8, 8}, "", "no global average follows");
}

}  // namespace
}  // namespace fovea

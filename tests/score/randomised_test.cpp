// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "score/randomised.h"
#include "support/net.h"

namespace fovea {
namespace {

Model network() {
  test::Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 12, 12}), 3, 8, 3)});
  x = net.node("Relu", {net.conv(x, 8, 8, 3, 2)});
  net.gemm(net.node("Flatten", {x}), 8 * 4 * 4, 5);
  return net.model();
}

std::vector<bool> changed(const Model& before, const Model& after) {
  std::vector<bool> result;
  const std::vector<NodeId> layers = layers_from_top(before.graph);
  for (const NodeId layer : layers) {
    const ValueId weight = before.graph.node(layer).inputs[1];
    result.push_back(!before.graph.weights()[weight].equal(after.graph.weights()[weight]));
  }
  return result;
}

TEST(randomised, layers_come_from_the_top) {
  const Model model = network();
  const std::vector<NodeId> layers = layers_from_top(model.graph);
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(model.graph.node(layers[0]).op->onnx, "Gemm");
  EXPECT_GT(layers[1], layers[2]);
}

TEST(randomised, forgets_as_many_layers_as_asked_and_nothing_else) {
  const Model model = network();
  EXPECT_EQ(changed(model, randomise_from_top(model, 0, 1)), (std::vector<bool>{false, false, false}));
  EXPECT_EQ(changed(model, randomise_from_top(model, 2, 1)), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(changed(model, randomise_from_top(model, 9, 1)), (std::vector<bool>{true, true, true}));
}

TEST(randomised, keeps_each_layers_mean_and_deviation_and_its_biases) {
  const Model model = network();
  const Model after = randomise_from_top(model, 3, 1);
  const Node& gemm = model.graph.node(layers_from_top(model.graph)[0]);
  const ValueId weight = gemm.inputs[1];
  const ValueId bias = gemm.inputs[2];
  const Tensor& old_weight = model.graph.weights()[weight];
  const Tensor& new_weight = after.graph.weights()[weight];
  const double deviation = old_weight.std().item<double>();
  EXPECT_NEAR(new_weight.std().item<double>(), deviation, 0.1 * deviation);
  EXPECT_NEAR(new_weight.mean().item<double>(), old_weight.mean().item<double>(), 0.2 * deviation);
  const Tensor sorted = std::get<0>(model.graph.weights()[bias].sort());
  EXPECT_TRUE(std::get<0>(after.graph.weights()[bias].sort()).equal(sorted)) << "biases change places";
}

TEST(randomised, is_keyed_by_the_seed) {
  const Model model = network();
  const auto weight = [&](std::uint64_t seed) {
    const Node& gemm = model.graph.node(layers_from_top(model.graph)[0]);
    return randomise_from_top(model, 1, seed).graph.weights()[gemm.inputs[1]];
  };
  EXPECT_TRUE(weight(1).equal(weight(1)));
  EXPECT_FALSE(weight(1).equal(weight(2)));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(excitation_map, sums_to_one_wherever_all_paths_cross) {
  const test::Asked asked;
  for (const char* at : {"features", "early", "x"}) {
    const Map map = asked.whole("excitation", {}, at);
    EXPECT_NEAR(map.values.sum().item<double>(), 1, 1e-4) << at;
    EXPECT_NEAR(map.figures[0].second, 1, 1e-4);
    EXPECT_GE(map.values.min().item<float>(), 0);
  }
}

TEST(excitation_map, starts_anywhere) {
  const test::Asked asked;
  EXPECT_NEAR(asked.ask("excitation", {}, "early", "neuron(features,3,strongest)").sum().item<double>(), 1, 1e-4);
  EXPECT_THROW(asked.ask("excitation", {}, "early", "-logit(1)"), Error) << "nothing positive is asked for";
}

TEST(excitation_map, folds_batch_norm_into_the_convolution_before_it) {
  test::Net net;
  ValueId x = net.conv(net.input("x", {-1, 3, 8, 8}), 3, 4, 3, 1, 1);
  x = net.node("Relu", {x}, {}, "early");
  x = net.conv(x, 4, 4, 3, 1, 1);
  x = net.node("BatchNormalization",
               {x, net.constant(test::random_normal({4}, 1)), net.constant(test::random_normal({4}, 2)),
                net.constant(test::random_normal({4}, 3)), net.constant(test::random_normal({4}, 4).abs() + 0.5)});
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {net.node("Relu", {x})})}), 4, 3);
  const Model model = net.model();
  const Subject subject(model, test::random_normal({1, 3, 8, 8}, 8));
  const Map folded = explain(find_technique("excitation"), subject, logit(0), {.at = "early"});
  const Map identity = explain(find_technique("excitation"), subject, logit(0),
                               {.at = "early", .settings = {{"batch_norm", "identity"}}});
  EXPECT_NEAR(folded.values.sum().item<double>(), 1, 1e-4);
  EXPECT_FALSE(folded.values.allclose(identity.values, 1e-3, 1e-6));
  EXPECT_NE(folded.notes[1].find("folded"), std::string::npos);
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

/// No biases and no pool: relevance is kept layer by layer.
Model unbiased() {
  test::Net net;
  const ValueId x =
      net.node("Conv", {net.input("x", {-1, 3, 6, 6}), net.constant(test::random_normal({4, 3, 3, 3}, 1))});
  const ValueId weight = net.constant(test::random_normal({64, 2}, 2).abs());
  net.node("Gemm", {net.node("Flatten", {net.node("Relu", {x})}), weight});
  Model model = net.model();
  model.card.preprocess =
      Preprocess{.width = 6, .height = 6, .scale = 1.0 / 255, .mean = {0.5, 0.4, 0.3}, .std = {0.2, 0.2, 0.1}};
  return model;
}

TEST(lrp_z_box_technique, takes_the_range_of_pixels_from_the_card) {
  const Model model = unbiased();
  const Subject subject(model, test::random_normal({1, 3, 6, 6}, 5).clamp(-2, 2.5));
  const auto ask = [&](const Settings& settings) {
    return explain(find_technique("lrp_z_box"), subject, logit(1), {.settings = settings});
  };
  const Map map = ask({});
  EXPECT_TRUE(map.values.allclose(ask({{"low", "-2.5,-2,-3"}, {"high", "2.5,3,7"}}).values, 1e-4, 1e-7));
  EXPECT_GT(test::relative_error(ask({{"low", "-9"}, {"high", "9"}}).values, map.values), 0.01);
  EXPECT_NEAR(map.figures[1].second, map.figures[0].second, 1e-3 * map.figures[0].second) << "the sum is kept";
}

}  // namespace
}  // namespace fovea

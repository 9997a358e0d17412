// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include <fovea/error.h>
#include "techniques/asked.h"

namespace fovea {
namespace {

// l = 0, h = 10 for all: contributions x w - l w+ - h w- are 6, 4 and 5 + 10.
TEST(lrp_z_box, knows_the_range_of_pixels) {
  const Tensor r = test::lrp_of_one_unit("lrp_z_box", {{"low", "0"}, {"high", "10"}, {"epsilon", "0"}}, 99, 50);
  EXPECT_TRUE(r.allclose(test::tensor({12, 8, 30}, {1, 3}, at::kDouble))) << r;
}

TEST(lrp_z_box, bounds_may_differ_by_channel) {
  const Tensor r = test::lrp_of_one_unit("lrp_z_box", {{"low", "0,1,-5"}, {"high", "9,9,5"}, {"epsilon", "0"}}, 0, 16);
  EXPECT_TRUE(r.allclose(test::tensor({6, 0, 10}, {1, 3}, at::kDouble))) << r;  // 6, 4 - 4, 5 + 5
  EXPECT_THROW(test::lrp_of_one_unit("lrp_z_box", {{"low", "0,1"}}, 0, 1), Error);
  EXPECT_THROW(test::lrp_of_one_unit("lrp_z_box", {{"low", "nothing"}}, 0, 1), Error);
}

TEST(lrp_z_box, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule rest = test::slow_alpha_beta(1, 1e-9);
  const Tensor low = at::cat({at::full({72}, -4.0, at::kDouble), at::full({72}, -5.0, at::kDouble)});
  const Tensor high = at::full({144}, 4.5, at::kDouble);
  test::expect_lrp("lrp_z_box", {test::slow_z_box(low, high, 1e-9), rest, rest, test::slow_epsilon(1e-9)},
                   {{"low", "-4,-5"}, {"high", "4.5"}});
}

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

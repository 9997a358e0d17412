// SPDX-License-Identifier: Apache-2.0
#include "attack/class_slope.h"

#include <cmath>

#include "make/asked.h"

namespace fovea {
namespace {

using test::tensor;

TEST(class_slope, aims_by_hand) {
  const Tensor scores =
      tensor({0, std::log(2.0), std::log(5.0), 1, 1, 1}, {2, 3}, at::kDouble);  // p = 1/8 2/8 5/8; thirds
  const std::vector<std::int64_t> classes{1, 0};
  const auto expect = [&](Aim aim, double first, double second) {
    const Tensor values = aim_values(scores, classes, aim);
    EXPECT_NEAR(values[0].item<double>(), first, 1e-12);
    EXPECT_NEAR(values[1].item<double>(), second, 1e-12);
  };
  expect(Aim::towards, std::log(0.25), std::log(1.0 / 3));
  expect(Aim::away, -std::log(0.25), -std::log(1.0 / 3));
  expect(Aim::odds, std::log(0.25 / 0.75), std::log(0.5));
  expect(Aim::against, -std::log(0.25 / 0.75), -std::log(0.5));
}

TEST(class_slope, odds_do_not_saturate) {
  const Tensor values = aim_values(tensor({90, 0, -60, 0}, {2, 2}), {0, 0}, Aim::odds);
  EXPECT_FLOAT_EQ(values[0].item<float>(), 90);
  EXPECT_FLOAT_EQ(values[1].item<float>(), -60);
}

TEST(class_slope, gradients_are_differences_in_display_units) {
  Model model = test::made_model();
  model.graph = to_type(model.graph, at::kDouble);
  const Tensor x = test::random_normal({2, 3, test::made_side, test::made_side}, 1, at::kDouble).sigmoid();
  constexpr double step = 1e-6;
  for (const Aim aim : {Aim::towards, Aim::away, Aim::odds, Aim::against}) {
    const Slope slope = class_slope(model, x, {3, 1}, aim);
    const Tensor direction = test::random_normal(x.sizes().vec(), 5, at::kDouble);
    const Tensor up = class_slope(model, x + step * direction, {3, 1}, aim).values;
    const Tensor down = class_slope(model, x - step * direction, {3, 1}, aim).values;
    const Tensor expected = (slope.gradient * direction).flatten(1).sum(1);
    EXPECT_LT(test::relative_error((up - down) / (2 * step), expected), 1e-5);
    const bool of_loss = aim == Aim::towards || aim == Aim::away;
    const Slope parallel = class_slope(model, x, {3, 1}, aim == Aim::towards ? Aim::odds : Aim::against);
    if (of_loss) {
      const Tensor direction_of_loss = steepest(slope.gradient, Norm::l2);
      EXPECT_LT(test::largest_difference(steepest(parallel.gradient, Norm::l2), direction_of_loss), 1e-9);
    }
    const Slope in_parts = class_slope(model, x, {3, 1}, aim, 1);
    EXPECT_LT(test::relative_error(in_parts.gradient, slope.gradient), 1e-9);
  }
}

/// What a grey network sees of a file is rounded twice.
TEST(class_slope, files_are_seen_as_files) {
  test::Net net;
  net.gemm(net.node("Flatten", {net.input("data", {-1, 1, 4, 4})}), 16, 3);
  Model model = net.model();
  model.card.preprocess = Preprocess{
      .source = "test", .width = 4, .height = 4, .channels = "GREY", .scale = 1.0 / 255, .mean = {0.5}, .std = {0.1}};
  const Image picture = test::striped(4);
  const Slope slope = class_slope(model, to_display(picture), {1}, Aim::odds, 16, true);
  const Tensor p = class_probabilities(model, {picture})[0];
  EXPECT_NEAR(slope.values.item<double>(), std::log(p[1].item<double>() / (1 - p[1].item<double>())), 1e-5);
  EXPECT_EQ(slope.gradient.sizes(), (Shape{1, 3, 4, 4}));
}

TEST(class_slope, tells_linear_networks_from_others) {
  test::Net linear;
  ValueId x = linear.conv(linear.input("data", {-1, 3, 8, 8}), 3, 4, 3);
  x = linear.node("GlobalAveragePool", {x});
  linear.gemm(linear.node("Flatten", {x}), 4, 3);
  EXPECT_TRUE(is_linear_in_picture(linear.graph()));
  EXPECT_FALSE(is_linear_in_picture(test::made_model().graph));
  test::Net squared;
  const ValueId input = squared.input("data", {-1, 4});
  const ValueId both = squared.gemm(input, 4, 4);
  squared.node("MatMul", {both, squared.node("Transpose", {both})});
  EXPECT_FALSE(is_linear_in_picture(squared.graph()));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

// y = x^2 has gradient 2x, whose variance under noise of deviation s is 4 s^2 whatever x.
TEST(vargrad, is_the_variance_of_the_gradient) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 1, 32, 32});
  net.node("Mul", {x, x}, {}, "y");
  const Model model = net.model();
  Tensor input = test::random_normal({1, 1, 32, 32}, 1).clamp(-1, 1);
  input[0][0][0][0] = -1;
  input[0][0][0][1] = 1;  // range 2, so the deviation is 0.2
  const Subject subject(model, input);
  const Map map = explain(find_technique("vargrad"), subject, parse_objective("value(y)"),
                          {.settings = {{"samples", "40"}, {"sigma", "0.1"}}, .seed = 5});
  EXPECT_NEAR(map.values.mean().item<double>(), 4 * 0.2 * 0.2 * 39 / 40, 0.003);
}

TEST(vargrad, without_noise_is_nothing) {
  const test::Asked asked;
  EXPECT_LE(asked.ask("vargrad", {{"sigma", "0"}, {"samples", "3"}}).abs().max().item<double>(), 1e-12);
}

}  // namespace
}  // namespace fovea

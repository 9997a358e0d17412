// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(smoothgrad, without_noise_is_the_gradient) {
  const test::Asked asked;
  EXPECT_TRUE(asked.ask("smoothgrad", {{"sigma", "0"}, {"samples", "3"}}).allclose(asked.ask("gradient"), 1e-4, 1e-7));
}

// y = x^2 has gradient 2x, so the mean over noise of deviation s is 2x + N(0, (2s)^2 / n).
TEST(smoothgrad, noise_has_the_stated_deviation) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 1, 64, 64});
  net.node("Mul", {x, x}, {}, "y");
  const Model model = net.model();
  Tensor input = test::random_normal({1, 1, 64, 64}, 1).clamp(-1, 1);
  input[0][0][0][0] = -1;
  input[0][0][0][1] = 1;  // range 2
  const Subject subject(model, input);
  const Map map = explain(find_technique("smoothgrad"), subject, parse_objective("value(y)"),
                          {.settings = {{"samples", "4"}, {"sigma", "0.1"}}, .seed = 5});
  const Tensor residue = map.values - 2 * input[0];
  EXPECT_NEAR(residue.std().item<double>(), 2 * 0.2 / 2, 0.01);
  EXPECT_NEAR(residue.mean().item<double>(), 0, 0.02);
}

TEST(smoothgrad, a_seed_gives_the_same_bytes_and_another_seed_others) {
  const test::Asked asked;
  const auto with_seed = [&](std::uint64_t seed) {
    return explain(find_technique("smoothgrad"), asked.subject, logit(2),
                   {.settings = {{"samples", "5"}}, .seed = seed})
        .values;
  };
  EXPECT_TRUE(with_seed(1).equal(with_seed(1)));
  EXPECT_FALSE(with_seed(1).equal(with_seed(2)));
}

}  // namespace
}  // namespace fovea

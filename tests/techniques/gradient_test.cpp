// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(gradient_map, is_the_derivative_by_finite_differences) {
  const test::Asked asked;
  const Tensor map = asked.ask("gradient");
  const Model exact{.path = {}, .hash = {}, .graph = to_type(asked.model.graph, at::kDouble), .card = {}};
  constexpr double step = 1e-6;
  for (const auto& [c, y, x] : {std::array{0, 3, 4}, std::array{2, 15, 0}, std::array{1, 8, 8}}) {
    Tensor more = asked.input.to(at::kDouble).clone();
    Tensor less = more.clone();
    more[0][c][y][x] += step;
    less[0][c][y][x] -= step;
    const double slope =
        (evaluate(exact, more, logit(2)) - evaluate(exact, less, logit(2))).item<double>() / (2 * step);
    EXPECT_NEAR((map[c][y][x].item<double>()), slope, 1e-4 * std::abs(slope) + 1e-6);
  }
}

TEST(gradient_map, reads_at_any_value) {
  const test::Asked asked;
  EXPECT_TRUE(asked.ask("gradient", {}, "features").equal(asked.gradient_at_value("features")));
}

TEST(gradient_map, refuses_a_value_behind_the_objective) {
  const test::Asked asked;
  EXPECT_THROW(asked.ask("gradient", {}, "features", "channel(early,0)"), Error);
}

}  // namespace
}  // namespace fovea

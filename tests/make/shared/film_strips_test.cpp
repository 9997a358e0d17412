// SPDX-License-Identifier: Apache-2.0
#include "make/shared/film_strips.h"

#include "make/shared/on_sphere.h"

namespace fovea {
namespace {

using make::Strip;
using make::UnitFunction;

constexpr double ball_radius = 2;

/// One walk of a linear unit: f(t) = f(0) cos(t), whose curvature is -f(0) / r^2.
std::vector<Strip> linear_walk(const UnitFunction& f, double fraction, std::int64_t frames) {
  const Tensor weights = f.gradients(test::random_normal({f.space().dimensions()}, 1, at::kDouble))[0];
  const Tensor x = weights * (ball_radius / weights.norm());
  Tensor w = test::random_normal({f.space().dimensions()}, 3, at::kDouble);
  w = w - x * (x.dot(w) / (ball_radius * ball_radius));
  const double value = f.values(x).front();
  return make::walk_strips(
      f, x, {{"one", {.value = -value / (ball_radius * ball_radius), .residual = 0.25, .direction = w / w.norm()}}},
      {.fraction = fraction, .largest_angle = 1.6, .frames = frames});
}

UnitFunction linear() { return test::function_of(test::linear_model(), parse_objective("logit(1)")); }

TEST(film_strips, levels_and_shares) {
  EXPECT_NEAR(make::level_of(4, 0.75), 3, 1e-12);
  EXPECT_NEAR(make::level_of(-4, 0.75), -5, 1e-12);
  EXPECT_NEAR(make::relative_curvature(-3, 2, 6), -2, 1e-12);
  EXPECT_EQ(make::relative_curvature(-3, 2, 0), 0);
}

TEST(film_strips, a_cosine_falls_where_a_cosine_does) {
  const UnitFunction f = linear();
  const std::vector<Strip> strips = linear_walk(f, 0.5, 2);
  ASSERT_EQ(strips.size(), 1U);
  const Strip& strip = strips.front();
  ASSERT_EQ(strip.values.size(), 5U);
  const double top = strip.values[2];
  EXPECT_NEAR(strip.values.front(), top / 2, 0.01 * std::abs(top));
  EXPECT_NEAR(strip.values[1], strip.values[3], 1e-2 * std::abs(top));
  EXPECT_NEAR(strip.angles[1], strip.angles[0] / 2, 1e-12);
  EXPECT_EQ(strip.angles[2], 0);
  for (std::int64_t i = 0; i < 5; ++i) EXPECT_NEAR(strip.points[i].norm().item<double>(), ball_radius, 1e-9);
  const auto table = make::tabulate_strips(strips, 0.5);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[1].size(), table[0].size());
  EXPECT_EQ(table[1][0], "one");
  EXPECT_EQ(table[1][2], "0.25");
  EXPECT_NEAR(std::stod(table[1][3]), -1, 0.01);
  EXPECT_NEAR(std::stod(table[1][4]), 57.3, 0.3);  // 1 - t^2 / 2 = 1/2
  EXPECT_NEAR(std::stod(table[1][7]), 60, 1);
}

TEST(film_strips, a_walk_that_does_not_end_says_so) {
  const UnitFunction f = linear();
  const Tensor x = linear_walk(f, 0.5, 1).front().points[1];
  const std::vector<Strip> strips = make::walk_strips(
      f, x, {{"flat", {.value = 0.5, .direction = linear_walk(f, 0.5, 1).front().curvature.direction}}},
      {.fraction = 0.9, .largest_angle = 0.1, .frames = 1});
  const auto table = make::tabulate_strips(strips, 0.9);
  EXPECT_EQ(table[1][2], "");
  EXPECT_EQ(table[1][4], "never");
  EXPECT_TRUE(test::holds(table[1][5], "has not fallen")) << table[1][5];
}

TEST(film_strips, a_sheet_and_a_film) {
  const UnitFunction f = linear();
  const std::vector<Strip> strips = linear_walk(f, 0.5, 2);
  const Image sheet = rasterise(make::draw_strips(f, strips, "a title"));
  EXPECT_GT(sheet.width, 6 * 128);
  const std::vector<Image> film = make::swing(f, strips, 8);
  ASSERT_EQ(film.size(), 8U);
  EXPECT_EQ(film[0].rgb, film[4].rgb);  // through the optimum
  EXPECT_NE(film[2].rgb, film[6].rgb);
  EXPECT_EQ(film[2].width, test::sphere_side);
}

}  // namespace
}  // namespace fovea

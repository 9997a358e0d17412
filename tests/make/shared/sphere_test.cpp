// SPDX-License-Identifier: Apache-2.0
#include "make/shared/sphere.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/outer.h>

#include "make/shared/on_sphere.h"

namespace fovea {
namespace {

using make::Curvature;
using make::Curvatures;
using make::SphereOptimum;
using make::UnitFunction;
using test::failure_of;
using test::function_of;
using test::holds;

constexpr double radius = 3;

Tensor somewhere(const UnitFunction& f, std::uint64_t seed = 2) {
  const Tensor point = test::random_normal({f.space().dimensions()}, seed, at::kDouble);
  return point * (radius / point.norm());
}

SphereOptimum best(const UnitFunction& f, std::int64_t steps = 400, double tolerance = 1e-6) {
  return make::climb_on_sphere(f, somewhere(f), {.radius = radius, .steps = steps, .tolerance = tolerance});
}

TEST(sphere, the_gradient_is_that_of_the_values) {
  const UnitFunction f = function_of(test::smooth_model(), logit(3));
  const Tensor x = somewhere(f);
  const Tensor w = somewhere(f, 5) / radius;
  std::vector<double> values;
  const Tensor gradient = f.gradients(x, &values)[0];
  EXPECT_NEAR(values.front(), f.values(x).front(), 1e-12);
  constexpr double h = 1e-5;
  EXPECT_NEAR(gradient.dot(w).item<double>(), (f.values(x + h * w).front() - f.values(x - h * w).front()) / (2 * h),
              1e-7);
}

TEST(sphere, a_linear_unit_is_best_along_its_weights) {
  const UnitFunction f = function_of(test::linear_model(), logit(1));
  const SphereOptimum found = best(f);
  const Tensor weights = f.gradients(somewhere(f))[0];
  EXPECT_NEAR(found.point.dot(weights).item<double>(), radius * weights.norm().item<double>(), 1e-6);
  EXPECT_NEAR(found.point.norm().item<double>(), radius, 1e-9);
}

TEST(sphere, the_climb_ends_at_a_maximum_and_says_how_near) {
  const UnitFunction f = function_of(test::smooth_model(), logit(3));
  const SphereOptimum found = best(f);
  EXPECT_LT(found.slope, 1e-5 * found.gradient.norm().item<double>());
  EXPECT_LT(found.steps, 400);
  EXPECT_GT(found.value, found.first_value);
  for (std::uint64_t seed = 20; seed < 40; ++seed) EXPECT_GT(found.value, f.values(somewhere(f, seed)).front());
  const SphereOptimum early = best(f, 3);
  EXPECT_GT(early.slope, found.slope);
  EXPECT_LT(early.value, found.value);
}

/// P H P - (x'g / r^2) P by the definition, x being moved out of the way.
Tensor defined_operator(const Model& model, const Objective& objective, const SphereOptimum& at,
                        double out_of_the_way) {
  const Tensor hessian = test::full_hessian(model, objective, at.point);
  const Tensor x = at.point / at.point.norm();
  const Tensor along = at::eye(x.numel(), at::kDouble) - at::outer(x, x);
  const double bend = at.point.dot(at.gradient).item<double>() / (radius * radius);
  return along.mm(hessian).mm(along) - bend * along + out_of_the_way * at::outer(x, x);
}

void expect_same(const std::vector<Curvature>& found, const Tensor& values, const Tensor& vectors, bool from_above) {
  const double largest = values.abs().max().item<double>();
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::int64_t k =
        from_above ? values.size(0) - 1 - static_cast<std::int64_t>(i) : static_cast<std::int64_t>(i);
    EXPECT_NEAR(found[i].value, values[k].item<double>(), 1e-3 * largest) << i;
    EXPECT_NEAR(std::abs(found[i].direction.dot(vectors.select(1, k).contiguous()).item<double>()), 1, 1e-3) << i;
    EXPECT_LT(found[i].residual.value(), 1e-3 * largest) << i;
  }
}

TEST(sphere, curvatures_and_directions_are_those_of_the_full_hessian) {
  const Model model = test::smooth_model();
  for (const Objective& objective : {logit(3), parse_objective("neuron(features,2,1,1)")}) {
    const UnitFunction f = function_of(model, objective);
    const SphereOptimum at = best(f);
    const Curvatures found = make::curvatures_at(f.exact_hessian(at.point), at, {.steps = 150, .tolerance = 1e-7});
    EXPECT_TRUE(found.converged);
    EXPECT_LT(found.asymmetry, 1e-10);
    constexpr double far = 1e3;
    const auto [values, vectors] = at::linalg_eigh(defined_operator(model, objective, at, far));
    expect_same(found.lowest, values, vectors, false);
    const auto [below, of_below] = at::linalg_eigh(defined_operator(model, objective, at, -far));
    expect_same(found.highest, below, of_below, true);
    EXPECT_LT(found.highest.front().value, 0);  // all are, at a maximum
    for (const Curvature& one : found.highest) EXPECT_LT(std::abs(one.direction.dot(at.point).item<double>()), 1e-9);
  }
}

TEST(sphere, a_curvature_is_the_second_derivative_along_the_great_circle) {
  const UnitFunction f = function_of(test::smooth_model(), logit(3));
  const SphereOptimum at = best(f, 5);  // also where there is a slope
  const make::HessianProduct hessian = f.exact_hessian(at.point);
  Tensor w = somewhere(f, 77);
  w = w - at.point * (at.point.dot(w) / (radius * radius));
  w = w / w.norm();
  constexpr double t = 1e-3;
  const std::vector<double> values = f.values(make::great_circle(at.point, w, {-t, 0, t}));
  const double second = (values[0] - 2 * values[1] + values[2]) / (t * t * radius * radius);
  EXPECT_NEAR(make::curvature_product(hessian, at, w).dot(w).item<double>(), second, 1e-4 * std::abs(second));
}

TEST(sphere, small_differences_come_near_the_exact_product) {
  const UnitFunction f = function_of(test::smooth_model(), logit(3));
  const Tensor x = somewhere(f);
  const Tensor v = somewhere(f, 9);
  const Tensor exact = f.exact_hessian(x)(v);
  EXPECT_LT(test::relative_error(f.difference_hessian(x, 1e-4)(v), exact), 1e-6);
  EXPECT_GT(test::relative_error(f.difference_hessian(x, radius)(v), exact), 1e-3);
}

TEST(sphere, a_linear_unit_has_no_hessian) {
  const UnitFunction f = function_of(test::linear_model(), logit(0));
  EXPECT_EQ(f.exact_hessian(somewhere(f))(somewhere(f, 4)).abs().max().item<double>(), 0);
}

TEST(sphere, a_linear_unit_halves_at_sixty_degrees) {
  const UnitFunction f = function_of(test::linear_model(), logit(1));
  const Tensor weights = f.gradients(somewhere(f))[0];
  const Tensor x = weights * (radius / weights.norm());
  const double half = f.values(x).front() / 2;
  Tensor w = somewhere(f, 8);
  w = w - x * (x.dot(w) / (radius * radius));
  w = w / w.norm();
  for (const double sign : {-1.0, 1.0}) {
    const make::SphereWalk walk = make::walk_until(f, x, w, sign, half, 1.5);
    EXPECT_TRUE(walk.fell);
    EXPECT_NEAR(walk.angle, sign * std::acos(0.5), 1e-3);
    EXPECT_LE(f.values(make::great_circle(x, w, {walk.angle})).front(), half);
  }
  const make::SphereWalk short_walk = make::walk_until(f, x, w, 1, half, 0.7);
  EXPECT_FALSE(short_walk.fell);
  EXPECT_EQ(short_walk.angle, 0.7);
}

TEST(sphere, low_frequencies_only) {
  const UnitFunction f = function_of(test::smooth_model(), logit(3), 3);
  EXPECT_EQ(f.space().dimensions(), 27);
  const SphereOptimum at = best(f);
  const Curvatures found = make::curvatures_at(f.exact_hessian(at.point), at, {.steps = 100, .tolerance = 1e-12});
  EXPECT_LE(found.products, 26);
  const Tensor inside = f.space().patterns(at::eye(27, at::kDouble)).flatten(1);  // rows: the basis in pixels
  const Tensor pixels = inside.t().mv(at.point);
  const Tensor hessian = inside.mm(test::full_hessian(test::smooth_model(), logit(3), pixels)).mm(inside.t());
  const Curvature& lowest = found.lowest.front();
  const double bend = at.point.dot(at.gradient).item<double>() / (radius * radius);
  EXPECT_NEAR(lowest.direction.dot(hessian.mv(lowest.direction)).item<double>() - bend, lowest.value, 1e-8);
}

TEST(sphere, says_that_nothing_reaches_the_picture) {
  const Objective zero = parse_objective("0 * logit(1)");
  EXPECT_TRUE(holds(failure_of([&] { best(function_of(test::smooth_model(), zero)); }), "no gradient of"));
}

}  // namespace
}  // namespace fovea

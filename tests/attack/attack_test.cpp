// SPDX-License-Identifier: Apache-2.0
#include "attack/attack.h"

#include <cmath>

#include <ATen/ops/cat.h>
#include <gtest/gtest.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::largest_difference;
using test::random_normal;
using test::tensor;

/// The linear v(x) = w . x + b for all pictures of a batch.
SlopeAt linear(const Tensor& w, double b) {
  return [w, b](const Tensor& x) { return Slope{(x * w).flatten(1).sum(1) + b, w.expand_as(x)}; };
}

TEST(attack, steepest_directions_by_hand) {
  const Tensor gradient = tensor({3, -4, 0, 1e-7, 0, 0}, {2, 3});
  EXPECT_EQ(largest_difference(steepest(gradient, Norm::inf), tensor({1, -1, 0, 1, 0, 0}, {2, 3})), 0);
  EXPECT_EQ(largest_difference(steepest(gradient, Norm::inf, 1e-6), tensor({1, -1, 0, 0, 0, 0}, {2, 3})), 0);
  EXPECT_LT(largest_difference(steepest(gradient, Norm::l2), tensor({0.6, -0.8, 0, 1, 0, 0}, {2, 3})), 1e-6);
  EXPECT_EQ(largest_difference(steepest(tensor({0, 0}, {1, 2}), Norm::l2), tensor({0, 0}, {1, 2})), 0);
}

TEST(attack, nearest_points_of_balls_by_hand) {
  const Tensor change = tensor({3, -4, 0.3, 0.4, 0, 0}, {3, 2});
  EXPECT_LT(largest_difference(within_ball(change, Norm::inf, 0.35), tensor({0.35, -0.35, 0.3, 0.35, 0, 0}, {3, 2})),
            1e-6);
  EXPECT_LT(largest_difference(within_ball(change, Norm::l2, 2.5), tensor({1.5, -2, 0.3, 0.4, 0, 0}, {3, 2})), 1e-6);
}

TEST(attack, random_changes_fill_the_ball_and_belong_to_their_picture) {
  const Tensor box = random_in_ball({500, 2}, Norm::inf, 2, 7);
  EXPECT_LE(box.abs().max().item<double>(), 2);
  EXPECT_NEAR(box.abs().mean().item<double>(), 1, 0.1);
  const Tensor radii = random_in_ball({500, 2}, Norm::l2, 3, 7).norm(2, {1});
  EXPECT_LE(radii.max().item<double>(), 3.0001);
  EXPECT_NEAR(radii.mean().item<double>(), 2, 0.1);  // 2/3 of the radius in the plane
  for (const Norm norm : {Norm::inf, Norm::l2}) {
    const Tensor both = random_in_ball({2, 5}, norm, 1, 3, 10);
    EXPECT_EQ(largest_difference(both[1], random_in_ball({1, 5}, norm, 1, 3, 11)[0]), 0);
    EXPECT_GT(largest_difference(both[1], both[0]), 0.01);
  }
}

/// Goodfellow et al. 2014: on a linear classifier the change is epsilon times the sign of the weights.
TEST(attack, fast_gradient_sign_of_a_linear_classifier_is_the_sign_of_its_weights) {
  const Tensor w = tensor({0.5, -2, 0, 3}, {1, 4});
  const Tensor x = random_normal({3, 4}, 1);
  const Tensor found = attack_in_ball(x, linear(w, 1), {.norm = Norm::inf, .radius = 0.1, .rate = 0.1, .start = {}});
  EXPECT_LT(largest_difference(found, x + 0.1 * tensor({1, -1, 0, 1}, {1, 4})), 1e-6);
}

TEST(attack, steps_end_where_the_linear_function_is_largest_in_the_ball) {
  const Tensor w = tensor({0.5, -2, 0.1, 3}, {1, 4});
  const Tensor x = random_normal({2, 4}, 1);
  const BallAttack box{
      .norm = Norm::inf, .radius = 0.3, .rate = 0.1, .steps = 9, .start = random_in_ball({2, 4}, Norm::inf, 0.3, 5)};
  EXPECT_LT(largest_difference(attack_in_ball(x, linear(w, 0), box), x + 0.3 * w.sign()), 1e-6);
  const BallAttack round{.norm = Norm::l2,
                         .radius = 0.3,
                         .step = Norm::l2,
                         .rate = 0.1,
                         .steps = 100,
                         .start = random_in_ball({2, 4}, Norm::l2, 0.3, 5)};
  EXPECT_LT(largest_difference(attack_in_ball(x, linear(w, 0), round), x + 0.3 * w / w.norm()), 1e-4);
}

TEST(attack, pictures_stay_within_their_bounds) {
  const Tensor x = tensor({0.05, 0.95}, {1, 2});
  const Tensor w = tensor({-1, 1}, {1, 2});
  const BallAttack attack{.radius = 0.1, .rate = 0.1, .start = {}, .low = 0, .high = 1};
  EXPECT_LT(largest_difference(attack_in_ball(x, linear(w, 0), attack), tensor({0, 1}, {1, 2})), 1e-6);
}

constexpr double unbounded = std::numeric_limits<double>::infinity();

/// The nearest point of a plane: (m - v) w / ||w||^2 away.
TEST(attack, least_change_of_a_linear_function_is_along_its_weights) {
  const Tensor w = random_normal({1, 3, 4, 4}, 2);
  const Tensor x = random_normal({2, 3, 4, 4}, 3);
  const SlopeAt v = linear(w, 0.5);
  const LeastChange real{
      .reach = 9, .steps = 1, .slack = 0, .levels = 0, .low = -unbounded, .high = unbounded, .first_size = 5};
  const LeastChanged found = least_change(x, v, real);
  const Tensor length = (9 - v(x).values) / w.square().sum();
  EXPECT_LT(largest_difference(found.pictures - x, length.reshape({2, 1, 1, 1}) * w), 1e-4);
  EXPECT_LT(largest_difference(v(found.pictures).values, tensor({9, 9}, {2})), 1e-3);
}

/// No picture of whole levels does as much with a smaller change: all 9^4 are looked at.
TEST(attack, least_change_by_whole_levels_is_the_shortest) {
  constexpr int levels = 8;
  const Tensor w = tensor({1.3, -0.6, 0.25, 2.1}, {1, 4});
  const Tensor x = tensor({2, 6, 4, 6}, {1, 4}) / levels;
  const SlopeAt v = linear(w, 0);
  for (const double more : {0.1, 0.4, 0.7}) {
    const LeastChange whole{.reach = v(x).values.item<double>() + more,
                            .steps = 4,
                            .first_memory = 0,
                            .last_memory = 0,
                            .slack = 1e-6,
                            .levels = levels,
                            .first_size = 10};
    const LeastChanged found = least_change(x, v, whole);
    ASSERT_TRUE(found.reached.item<bool>()) << more;
    const double size = (found.pictures - x).norm().item<double>();
    EXPECT_LT((found.pictures * levels - (found.pictures * levels).round()).abs().max().item<double>(), 1e-5);
    for (int code = 0; code < 9 * 9 * 9 * 9; ++code) {
      const Tensor other =
          tensor({double(code % 9), double(code / 9 % 9), double(code / 81 % 9), double(code / 729)}, {1, 4}) / levels;
      if (v(other).values.item<double>() < found.values.item<double>() - 1e-5) continue;
      EXPECT_GE((other - x).norm().item<double>(), size - 1e-5) << code;
    }
  }
}

/// A sphere's nearest point is on the ray to its centre. Without memory the search is stable where the distance is less
/// than the radius of curvature only; with it also beyond.
TEST(attack, least_change_of_a_curved_function_is_the_nearest_point) {
  const Tensor centre = tensor({0.9, 0.1, 0.4}, {1, 3});
  const Tensor x = tensor({0.2, 0.5, 0.7}, {1, 3});  // 0.86 away
  const SlopeAt v = [&](const Tensor& at) {
    const Tensor away = at - centre;
    return Slope{-away.norm(2, {1}), -away / away.norm(2, {1}, true)};
  };
  LeastChange search{.reach = -0.5, .steps = 40, .first_memory = 0, .last_memory = 0, .levels = 0, .first_size = 0.05};
  const auto error = [&](double radius) {
    const LeastChanged found = least_change(x, v, search);
    EXPECT_TRUE(found.reached.item<bool>());
    return largest_difference(found.pictures, centre + radius * (x - centre) / (x - centre).norm());
  };
  EXPECT_LT(error(0.5), 2e-3);
  search = {.reach = -0.2, .levels = 0, .first_size = 0.05};
  EXPECT_LT(error(0.2), 5e-3);
}

TEST(attack, pictures_of_a_batch_are_searched_alone) {
  const Tensor w = random_normal({1, 12}, 2);
  const SlopeAt v = [&](const Tensor& x) {
    const Tensor inner = (x * w).sum(1, true);
    return Slope{inner.tanh().squeeze(1), w * (1 - inner.tanh().square())};
  };
  const Tensor x = random_normal({3, 12}, 4).sigmoid();
  const LeastChange options{.reach = 0.5, .steps = 6, .first_size = 0.02};
  const LeastChanged together = least_change(x, v, options);
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_LT(largest_difference(together.pictures[i], least_change(x.narrow(0, i, 1), v, options).pictures[0]), 1e-6);
  }
}

TEST(attack, what_is_out_of_reach_is_approached) {
  const LeastChanged found = least_change(tensor({0.5}, {1, 1}), linear(tensor({1}, {1, 1}), 0), {.reach = 2});
  EXPECT_FALSE(found.reached.item<bool>());
  EXPECT_NEAR(found.pictures.item<double>(), 1, 1e-6);
}

TEST(attack, nothing_is_changed_where_nothing_is_missing) {
  const Tensor x = tensor({0.2, 0.6}, {1, 2});
  const LeastChanged found = least_change(x, linear(tensor({1, 1}, {1, 2}), 5), {.reach = 2});
  EXPECT_LT(largest_difference(found.pictures, x), 0.5 / 255 + 1e-6);  // rounded only
}

}  // namespace
}  // namespace fovea

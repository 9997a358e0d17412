// SPDX-License-Identifier: Apache-2.0
#include <fovea/probe.h>

#include <cmath>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/log_softmax.h>
#include <gtest/gtest.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/painted_pictures.h"
#include "support/shown.h"

namespace fovea {
namespace {

using namespace test;

/// x -> pool (means of 4 x 4 px) -> flat: 24 px become 6 x 6 places; and a mean over everything, which knows no place.
Model averages() {
  Net net;
  const ValueId x = net.input("x", {-1, 3, 24, 24});
  const ValueId pool = net.node(
      "AveragePool", {x},
      attributes({{"kernel_shape", std::vector<std::int64_t>{4, 4}}, {"strides", std::vector<std::int64_t>{4, 4}}}),
      "pool");
  const ValueId mean = net.node("GlobalAveragePool", {pool}, {}, "mean");
  const ValueId flat = net.node("Flatten", {mean}, {}, "flat");
  net.gemm(flat, 3, 4);
  Model model = net.model();
  model.card.preprocess =
      Preprocess{.width = 24, .height = 24, .scale = 1.0 / 255, .mean = {0, 0, 0}, .std = {1, 1, 1}};
  return model;
}

double loss_of(const Tensor& x, const Tensor& labels, const Tensor& weight, const Tensor& bias, double penalty) {
  const Tensor log_p = (x.matmul(weight) + bias).log_softmax(1);
  return -log_p.gather(1, labels.unsqueeze(1)).mean().item<double>() +
         penalty / 2 * weight.square().sum().item<double>();
}

TEST(probe, softmax_regression_is_at_its_minimum) {
  const Tensor x = random_normal({30, 5}, 1, at::kDouble);
  const Tensor labels = at::arange(30, at::kLong).remainder(3);
  const double penalty = 0.01;
  const SoftmaxRegression fitted = fit_softmax(x, labels, 3, penalty);
  EXPECT_NEAR(fitted.loss, loss_of(x, labels, fitted.weight, fitted.bias, penalty), 1e-12);
  EXPECT_LT(fitted.iterations, 300);
  constexpr double h = 1e-5;
  for (std::int64_t d = 0; d < 5; ++d) {
    for (std::int64_t k = 0; k < 3; ++k) {
      Tensor up = fitted.weight.clone();
      Tensor down = fitted.weight.clone();
      up[d][k] += h;
      down[d][k] -= h;
      const double slope =
          (loss_of(x, labels, up, fitted.bias, penalty) - loss_of(x, labels, down, fitted.bias, penalty)) / (2 * h);
      EXPECT_NEAR(slope, 0, 3e-5) << d << " " << k;
    }
  }
}

/// The gradient by its formula, where features are of very different sizes and there are more of them than L-BFGS keeps
/// pairs.
TEST(probe, softmax_regression_ends_where_the_gradient_vanishes) {
  const Tensor sizes = at::arange(25, at::kDouble).mul(-0.15).exp();
  const Tensor x = random_normal({60, 25}, 5, at::kDouble) * sizes;
  const Tensor labels = at::arange(60, at::kLong).remainder(4);
  for (const double penalty : {1e-4, 1e-2, 1.0}) {
    const SoftmaxRegression fitted = fit_softmax(x, labels, 4, penalty);
    const Tensor hot = at::eye(4, at::kDouble).index_select(0, labels);
    const Tensor error = ((x.matmul(fitted.weight) + fitted.bias).softmax(1) - hot) / 60;
    const Tensor of_weight = x.t().matmul(error) + penalty * fitted.weight;
    EXPECT_LT(of_weight.abs().max().item<double>(), 1e-5) << penalty;
    EXPECT_LT(error.sum(0).abs().max().item<double>(), 1e-5) << penalty;
    EXPECT_LT(fitted.iterations, 300) << penalty;
  }
}

TEST(probe, softmax_regression_of_one_number_is_known) {
  // x = +1 or -1 with labels 1, 0: by symmetry the scores are -w x, w x, and w solves 1 / (1 + e^2w) = penalty w.
  const Tensor x = tensor({1, -1, 1, -1}, {4, 1}, at::kDouble);
  const Tensor labels = tensor({1, 0, 1, 0}, {4}, at::kLong);
  const double penalty = 0.1;
  const SoftmaxRegression fitted = fit_softmax(x, labels, 2, penalty);
  const double w = fitted.weight[0][1].item<double>();
  EXPECT_NEAR(fitted.weight[0][0].item<double>(), -w, 1e-6);
  EXPECT_NEAR(1 / (1 + std::exp(2 * w)), penalty * w, 1e-5);
  EXPECT_GT(w, 0.5);
  EXPECT_NEAR(fitted.bias[0].item<double>(), fitted.bias[1].item<double>(), 1e-6);
}

TEST(probe, the_same_numbers_give_the_same_bits) {
  const Tensor x = random_normal({40, 7}, 2, at::kDouble);
  const Tensor labels = at::arange(40, at::kLong).remainder(4);
  EXPECT_TRUE(fit_softmax(x, labels, 4, 1e-3).weight.equal(fit_softmax(x, labels, 4, 1e-3).weight));
}

TEST(probe, fewer_pictures_than_features_are_solved_in_their_span) {
  const Tensor x = random_normal({12, 40}, 3, at::kDouble);
  const Tensor labels = at::arange(12, at::kLong).remainder(3);
  const Tensor basis = row_basis(x);
  EXPECT_EQ(basis.sizes().vec(), (Shape{40, 12}));
  EXPECT_LT(largest_difference(basis.t().matmul(basis), at::eye(12, at::kDouble)), 1e-10);
  EXPECT_LT(largest_difference(x.matmul(basis).matmul(basis.t()), x), 1e-10);
  const SoftmaxRegression whole = fit_softmax(x, labels, 3, 0.01);
  const SoftmaxRegression reduced = fit_softmax(x.matmul(basis), labels, 3, 0.01);
  EXPECT_NEAR(whole.loss, reduced.loss, 1e-6);
  EXPECT_LT(largest_difference(whole.weight, basis.matmul(reduced.weight)), 5e-3);
  EXPECT_EQ(row_basis(at::cat({x, x})).size(1), 12) << "repeated rows span no more";
}

TEST(probe, maps_are_averaged_to_few_positions) {
  const Tensor value = at::arange(2 * 3 * 8 * 8, at::kFloat).reshape({2, 3, 8, 8});
  const Tensor features = pooled_features(value, 4);
  EXPECT_EQ(features.sizes().vec(), (Shape{2, 3 * 4 * 4}));
  EXPECT_EQ(features[0][0].item<float>(), (0 + 1 + 8 + 9) / 4.0F);
  EXPECT_EQ(pooled_features(value.slice(2, 0, 2), 4).size(1), 3 * 2 * 4) << "fewer stay as they are";
  EXPECT_EQ(pooled_features(value.flatten(1), 4).size(1), 3 * 64);
  EXPECT_TRUE(holds(failure_of([&] { pooled_features(value[0][0][0], 4); }), "holds no features"));
}

TEST(probe, finds_what_a_layer_knows_and_what_it_has_lost) {
  const Model model = averages();
  const PaintedPictures training(80, 1);  // the class is the corner in which a square lies
  const PaintedPictures held_out(40, 2);
  const ProbeOptions options{
      .values = {model.graph.at("pool"), model.graph.at("flat")}, .shots = {1, 5, all_shots}, .repeats = 3};
  const ProbeResult result = probe(model, training, held_out, options);
  ASSERT_EQ(result.rows.size(), 6U);
  EXPECT_EQ(result.values, (std::vector<std::string>{"pool", "flat"}));
  EXPECT_EQ(result.training, 80);
  EXPECT_EQ(result.held_out, 40);
  EXPECT_EQ(result.rows[0].features, 3 * 16);
  EXPECT_EQ(result.rows[0].pictures, 4);
  EXPECT_EQ(result.rows[1].pictures, 20);
  EXPECT_EQ(result.rows[2].pictures, 80);
  EXPECT_EQ(result.rows[1].penalties.size(), 3U);
  EXPECT_EQ(result.rows[2].penalties.size(), 1U) << "all are all: there is nothing to draw";
  EXPECT_EQ(result.rows[0].accuracy, 1) << "one bright square each tells the corners apart";
  EXPECT_EQ(result.rows[2].accuracy, 1);
  EXPECT_LT(result.rows[5].accuracy, 0.6) << "a mean over all places knows no corner";
}

TEST(probe, figure_shows_every_accuracy) {
  ProbeResult result{.rows = {}, .values = {"low", "high"}, .labels = {"a", "b"}, .training = 80, .held_out = 40};
  for (const auto& [value, shots, accuracy] : {std::tuple{"low", std::int64_t{1}, 0.5},
                                               {"low", all_shots, 0.75},
                                               {"high", 1, 0.625},
                                               {"high", all_shots, 1.0}}) {
    result.rows.push_back({.value = value, .shots = shots, .pictures = 80, .accuracy = accuracy});
  }
  const Figure figure = draw_probe(result, "a title");
  for (const char* words :
       {"a title", "low", "high", "1 per class", "all per class", "all (40)", "40 held-out pictures"}) {
    EXPECT_TRUE(test::says(figure, words)) << words;
  }
  // A point per accuracy, by layer and again by training pictures; the higher the better.
  const std::vector<marks::Disc> points = test::marks_in<marks::Disc>(figure);
  ASSERT_EQ(points.size(), 8U);
  const double per_share = (points[0].centre.y - points[3].centre.y) / 0.5;  // .5 to 1
  EXPECT_GT(per_share, 100);
  for (const std::size_t first : {0U, 4U}) {
    const auto y = [&](std::size_t i) { return points[first + i].centre.y; };
    const auto [second, third] = first == 0 ? std::pair{0.625, 0.75} : std::pair{0.75, 0.625};
    EXPECT_NEAR(y(0) - y(1), per_share * (second - 0.5), 1e-6);
    EXPECT_NEAR(y(0) - y(2), per_share * (third - 0.5), 1e-6);
    EXPECT_NEAR(y(0) - y(3), per_share * 0.5, 1e-6);
    EXPECT_GT(points[first + 1].centre.x, points[first].centre.x);
  }
}

TEST(probe, is_reproducible_and_seeded) {
  const Model model = averages();
  const PaintedPictures training(60, 1);
  const PaintedPictures held_out(40, 2);
  ProbeOptions options{.values = {model.graph.at("flat")}, .shots = {2}, .repeats = 4, .penalty = 1e-4};
  const ProbeRow first = probe(model, training, held_out, options).rows[0];
  const ProbeRow again = probe(model, training, held_out, options).rows[0];
  EXPECT_EQ(first.accuracy, again.accuracy);
  EXPECT_EQ(first.deviation, again.deviation);
  EXPECT_EQ(first.penalties, (std::vector<double>(4, 1e-4)));
  bool differs = false;
  for (options.seed = 1; options.seed < 6; ++options.seed) {
    differs = differs || probe(model, training, held_out, options).rows[0].accuracy != first.accuracy;
  }
  EXPECT_TRUE(differs) << "another seed draws other pictures";
}

TEST(probe, keeps_to_its_limits) {
  const Model model = averages();
  const PaintedPictures training(80, 1);
  const PaintedPictures held_out(40, 2);
  std::int64_t read = 0;
  const ProbeResult result = probe(model, training, held_out,
                                   {.values = {model.graph.at("pool")},
                                    .shots = {all_shots},
                                    .training = 3,
                                    .held_out = 2,
                                    .side = 2,
                                    .reading = [&](std::int64_t done, std::int64_t total) {
                                      read = done;
                                      EXPECT_EQ(total, 20);
                                      return true;
                                    }});
  EXPECT_EQ(read, 20);
  EXPECT_EQ(result.training, 12);
  EXPECT_EQ(result.held_out, 8);
  EXPECT_EQ(result.rows[0].features, 12);
}

TEST(probe, says_what_is_wrong) {
  const Model model = averages();
  const PaintedPictures training(40, 1);
  const PaintedPictures few(3, 2);
  const std::vector<ValueId> values{model.graph.at("pool")};
  EXPECT_TRUE(holds(failure_of([&] { probe(model, training, training, {}); }), "needs a value"));
  EXPECT_EQ(failure_of([&] { probe(model, training, few, {.values = values}); }),
            "usage: the class 'lower right' has no picture to hold out");
  const auto stop = [](std::int64_t, std::int64_t) { return false; };
  EXPECT_EQ(failure_of([&] { probe(model, training, training, {.values = values, .reading = stop}); }),
            "stopped: stopped");
  EXPECT_EQ(failure_of([&] { probe(model, training, training, {.values = values, .fitting = stop}); }),
            "stopped: stopped");
}

}  // namespace
}  // namespace fovea

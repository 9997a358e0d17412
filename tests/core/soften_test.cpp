// SPDX-License-Identifier: Apache-2.0
#include "core/soften.h"

#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones_like.h>
#include <gtest/gtest.h>

#include <fovea/trace.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::Net;

constexpr double beta = 5;

/// ln(1 + exp(k x)) / k with k = beta / rms, as the definition says.
Tensor smooth(const Tensor& x, double rms) {
  const double k = beta / rms;
  return (x * k).exp().log1p() / k;
}

double rms_of(const Tensor& x) { return x.square().mean().sqrt().item<double>(); }

/// The output of one node of the op, softened on x, at x.
Tensor softened_output(const std::string& op, const Attributes& attributes, const std::vector<Tensor>& more,
                       const Tensor& x, bool constants_first = false) {
  Net net(more.empty() ? 6 : 17);
  std::vector<ValueId> inputs{net.input("x", {-1, 3, 4, 4})};
  for (const Tensor& tensor : more)
    inputs.insert(constants_first ? inputs.begin() : inputs.end(), net.constant(tensor));
  net.node(op, inputs, attributes, "bent");
  const Graph graph = net.graph();
  const Softened soft = soften(graph, beta, x, {graph.at("bent")});
  EXPECT_EQ(soft.rectifiers, 1) << op;
  EXPECT_EQ(soft.kinks, 0) << op;
  return run(soft.graph, x).value(soft.graph.at("bent"));
}

TEST(soften, every_kind_of_rectifier_by_its_formula) {
  const Tensor x = test::random_normal({2, 3, 4, 4}, 3, at::kDouble) * 4;
  const double rms = rms_of(x);
  const Tensor zero = test::tensor({0}, {}, at::kDouble);
  const Tensor six = test::tensor({6}, {}, at::kDouble);
  const Tensor slope = test::tensor({0.1, 0.2, 0.3}, {3, 1, 1}, at::kDouble);
  EXPECT_LT(test::largest_difference(softened_output("Relu", {}, {}, x), smooth(x, rms)), 1e-12);
  EXPECT_LT(test::largest_difference(softened_output("Max", {}, {zero}, x, true), smooth(x, rms)), 1e-12);
  EXPECT_LT(test::largest_difference(softened_output("Clip", {}, {zero, six}, x), smooth(x, rms) - smooth(x - 6, rms)),
            1e-12);
  const Attributes limits = test::attributes({{"min", 0.0}, {"max", 6.0}});
  EXPECT_LT(test::largest_difference(softened_output("Clip", limits, {}, x), smooth(x, rms) - smooth(x - 6, rms)),
            1e-12);
  const Attributes leak = test::attributes({{"alpha", 0.25}});
  EXPECT_LT(
      test::largest_difference(softened_output("LeakyRelu", leak, {}, x), smooth(x, rms) - 0.25 * smooth(-x, rms)),
      1e-12);
  EXPECT_LT(
      test::largest_difference(softened_output("PRelu", {}, {slope}, x), smooth(x, rms) - slope * smooth(-x, rms)),
      1e-12);
}

TEST(soften, max_pools_by_their_formula_at_borders_too) {
  const Tensor x = test::random_normal({2, 3, 5, 5}, 4, at::kDouble);
  Net net;
  net.node("MaxPool", {net.input("x", {-1, 3, 5, 5})},
           test::attributes({{"kernel_shape", std::vector<std::int64_t>{3, 2}},
                             {"strides", std::vector<std::int64_t>{2, 2}},
                             {"pads", std::vector<std::int64_t>{1, 0, 1, 0}},
                             {"dilations", std::vector<std::int64_t>{1, 2}}}),
           "pool");
  const Graph graph = net.graph();
  const Softened soft = soften(graph, beta, x, {graph.at("pool")});
  const Tensor y = run(soft.graph, x).value(soft.graph.at("pool"));
  EXPECT_EQ(y.sizes(), run(graph, x).value(graph.at("pool")).sizes());
  const double k = beta / rms_of(x);
  const auto over = [&](std::int64_t row, std::int64_t rows, std::int64_t column) {
    const Tensor part = x[1][2].narrow(0, row, rows);
    return std::log(
               ((part.select(1, column) * k).exp() + (part.select(1, column + 2) * k).exp()).sum().item<double>()) /
           k;
  };
  EXPECT_NEAR(y[1][2][0][0].item<double>(), over(0, 2, 0), 1e-12);  // the first row of the window is padding
  EXPECT_NEAR(y[1][2][1][1].item<double>(), over(1, 3, 2), 1e-12);
  EXPECT_NEAR(y[1][2][2][0].item<double>(), over(3, 2, 0), 1e-12);

  Net whole;
  whole.node("GlobalMaxPool", {whole.input("x", {-1, 3, 5, 5})}, {}, "pool");
  const Graph all = whole.graph();
  const Softened soft_all = soften(all, beta, x, {all.at("pool")});
  const Tensor of_all = run(soft_all.graph, x).value(soft_all.graph.at("pool"));
  EXPECT_EQ(of_all.sizes(), (std::vector<std::int64_t>{2, 3, 1, 1}));
  EXPECT_NEAR(of_all[0][1][0][0].item<double>(), std::log((x[0][1] * k).exp().sum().item<double>()) / k, 1e-12);
}

TEST(soften, second_derivatives_are_finite_where_windows_reach_over_the_border) {
  Net net;
  net.node("MaxPool", {net.input("x", {-1, 1, 3, 3})},
           test::attributes({{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                             {"strides", std::vector<std::int64_t>{2, 2}},
                             {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}),
           "pool");
  const Graph graph = net.graph();
  const Tensor input = test::random_normal({1, 1, 3, 3}, 4, at::kDouble);
  const Softened soft = soften(graph, beta, input, {graph.at("pool")});
  const c10::AutoGradMode grad(true);
  const auto slope = [&](const Tensor& x, bool again) {
    const Tensor y = run(soft.graph, x, {.tape = Tape::whole}).value(soft.graph.at("pool")).square().sum();
    return vjp({y}, {x}, {at::ones_like(y)}, again)[0];
  };
  const Tensor x = input.clone().requires_grad_();
  const Tensor along = test::random_normal({1, 1, 3, 3}, 5, at::kDouble);
  const Tensor exact = vjp({slope(x, true)}, {x}, {along})[0];
  constexpr double reach = 1e-5;
  const auto at = [&](double by) { return slope((input + by * along).requires_grad_(), false); };
  EXPECT_LE(test::largest_difference(exact, (at(reach) - at(-reach)) / (2 * reach)), 1e-7);
}

TEST(soften, comes_near_the_network_as_beta_grows_and_keeps_names) {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 9, 9}), 3, 4, 3)}, {}, "first");
  x = net.node("MaxPool", {x}, test::attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}}}));
  x = net.node("Relu", {net.conv(x, 4, 5, 3)}, {}, "second");
  const Graph graph = to_type(net.graph(), at::kDouble);
  const Tensor input = test::random_normal({1, 3, 9, 9}, 8, at::kDouble);
  const Tensor hard = run(graph, input).value(graph.at("second"));
  double before = 1e30;
  for (const double steep : {1.0, 10.0, 100.0, 1e6}) {
    const Softened soft = soften(graph, steep, input, {graph.at("second")});
    EXPECT_EQ(soft.rectifiers, 2);
    EXPECT_EQ(soft.maxima, 1);
    EXPECT_EQ(soft.kinks, 0);
    const double now = test::largest_difference(run(soft.graph, input).value(soft.graph.at("second")), hard);
    EXPECT_LT(now, before / 5) << steep;
    before = now;
  }
  EXPECT_LT(before, 1e-5);
  EXPECT_EQ(soften(graph, beta, input, {graph.at("first")}).rectifiers, 1);
}

}  // namespace
}  // namespace fovea

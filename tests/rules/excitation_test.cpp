// Excitation backprop by hand and against its slow, obvious definition on an explicit matrix, in double.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>

#include <fovea/walk.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;
using test::tensor;
using Ints = std::vector<std::int64_t>;

Tensor excite(const Graph& graph, const Tensor& x, const Tensor& relevance, const Settings& settings = {}) {
  const Recipe& recipe = find_recipe("excitation");
  const Options options(recipe.name, recipe.options, recipe.presets, {}, settings);
  const Trace trace = run(graph, x);
  return walk(trace, {{graph.outputs()[0], relevance}}, recipe, {.recipe = &options}).at(graph.inputs()[0]);
}

// One unit reads (2, 1, 5) with weights (3, 4, -1): shares 6 and 4 of 10.
TEST(excitation, shares_by_positive_weight_times_activation) {
  Net net;
  net.node("Gemm", {net.input("x", {-1, 3}), net.constant(tensor({3, 4, -1}, {1, 3})), net.constant(tensor({9}, {1}))},
           attributes({{"transB", std::int64_t{1}}}));
  const Tensor p = excite(net.graph(), tensor({2, 1, 5}, {1, 3}), tensor({1}, {1, 1}));
  EXPECT_TRUE(p.allclose(tensor({0.6, 0.4, 0}, {1, 3}))) << p;
}

TEST(excitation, what_nothing_excites_is_spread_or_dropped) {
  Net net;  // unit 0 has weights (1, -2), unit 1 (-1, -3); only unit 0 is excited
  net.node("Gemm", {net.input("x", {-1, 2}), net.constant(tensor({1, -1, -2, -3}, {2, 2}))});
  const Graph graph = net.graph();
  const Tensor x = tensor({2, 1}, {1, 2});
  const Tensor relevance = tensor({0.5, 0.25}, {1, 2});
  EXPECT_TRUE(excite(graph, x, relevance).equal(tensor({0.625, 0.125}, {1, 2})));
  EXPECT_TRUE(excite(graph, x, relevance, {{"unexcited", "drop"}}).equal(tensor({0.5, 0}, {1, 2})));
}

TEST(excitation, spreading_leaves_the_padding_out) {
  Net net;
  net.node("Conv", {net.input("x", {-1, 1, 1, 3}), net.constant(tensor({-1, -1, -1}, {1, 1, 1, 3}))},
           attributes({{"pads", Ints{0, 1, 0, 1}}}));
  const Tensor p = excite(net.graph(), tensor({1, 1, 1}, {1, 1, 1, 3}), tensor({6, 0, 0}, {1, 1, 1, 3}));
  EXPECT_TRUE(p.allclose(tensor({3, 3, 0}, {1, 1, 1, 3}))) << p;
}

TEST(excitation, negative_inputs_share_by_positive_contributions) {
  Net net;
  net.node("Gemm", {net.input("x", {-1, 3}), net.constant(tensor({3, -4, 1}, {1, 3}))},
           attributes({{"transB", std::int64_t{1}}}));
  const Graph graph = net.graph();  // contributions 6, 8, -5
  const Tensor x = tensor({2, -2, -5}, {1, 3});
  EXPECT_TRUE(excite(graph, x, tensor({7}, {1, 1})).allclose(tensor({3, 4, 0}, {1, 3})));
  EXPECT_TRUE(excite(graph, x, tensor({7}, {1, 1}), {{"negative", "raw"}}).allclose(tensor({42, 0, -35}, {1, 3})));
}

TEST(excitation, average_pooling_shares_by_activation) {
  Net net;
  net.node("AveragePool", {net.input("x", {-1, 1, 1, 4})},
           attributes({{"kernel_shape", Ints{1, 2}}, {"strides", Ints{1, 2}}}));
  const Tensor p = excite(net.graph(), tensor({1, 3, 0, 0}, {1, 1, 1, 4}), tensor({1, 0}, {1, 1, 1, 2}));
  EXPECT_TRUE(p.allclose(tensor({0.25, 0.75, 0, 0}, {1, 1, 1, 4})));
}

TEST(excitation, max_pooling_gives_all_to_the_winner) {
  Net net;
  net.node("MaxPool", {net.input("x", {-1, 1, 1, 4})},
           attributes({{"kernel_shape", Ints{1, 2}}, {"strides", Ints{1, 2}}}));
  const Tensor p = excite(net.graph(), tensor({1, 3, 5, 4}, {1, 1, 1, 4}), tensor({1, 2}, {1, 1, 1, 2}));
  EXPECT_TRUE(p.equal(tensor({0, 1, 2, 0}, {1, 1, 1, 4})));
}

TEST(excitation, residual_sums_split_in_proportion_or_go_to_the_branch) {
  Net net;
  const ValueId x = net.input("x", {-1, 2});
  const ValueId branch = net.node("Relu", {net.node("Relu", {x})}, {}, "branch");
  const ValueId scaled = net.node("Mul", {branch, net.constant(tensor({3}, {1}))}, {}, "scaled");
  net.node("Add", {scaled, x});
  const Graph graph = net.graph();
  const Trace trace = run(graph, tensor({2, 1}, {1, 2}));
  const Seeds seeds{{graph.outputs()[0], tensor({1, 0}, {1, 2})}};
  const Recipe& recipe = find_recipe("excitation");
  const Relevance split = walk(trace, seeds, recipe, {.keep = {scaled, x}});
  EXPECT_TRUE(split.at(scaled).allclose(tensor({0.75, 0}, {1, 2})));
  EXPECT_TRUE(split.at(x).allclose(tensor({1, 0}, {1, 2})));
  const Options to_branch(recipe.name, recipe.options, {}, {}, {{"residual", "branch"}});
  const Relevance whole = walk(trace, seeds, recipe, {.keep = {scaled}, .recipe = &to_branch});
  EXPECT_TRUE(whole.at(scaled).allclose(tensor({1, 0}, {1, 2})));
}

TEST(excitation, passes_relu6_sigmoid_lrn_and_constant_shifts_unchanged) {
  Net net;
  ValueId x = net.input("x", {-1, 2, 1, 1});
  x = net.node("Clip", {x, net.constant(tensor({0}, {})), net.constant(tensor({1}, {}))});  // saturates
  x = net.node("Sigmoid", {x});
  x = net.node("LRN", {x}, attributes({{"size", std::int64_t{1}}}));
  net.node("Add", {x, net.constant(tensor({1, 2}, {1, 2, 1, 1}))});
  const Tensor relevance = tensor({0.25, 0.75}, {1, 2, 1, 1});
  EXPECT_TRUE(excite(net.graph(), tensor({5, 0.5}, {1, 2, 1, 1}), relevance).equal(relevance));
}

TEST(excitation, opposite_negates_the_named_classifier) {
  Net net;
  net.node("Gemm", {net.input("x", {-1, 3}), net.constant(tensor({3, -4, -1}, {1, 3}))},
           attributes({{"transB", std::int64_t{1}}}), "fc");
  const Tensor p = excite(net.graph(), tensor({1, 1, 1}, {1, 3}), tensor({1}, {1, 1}), {{"opposite", "fc"}});
  EXPECT_TRUE(p.allclose(tensor({0, 0.8, 0.2}, {1, 3}))) << p;
}

/// The convolution's matrix, one column per input element, from unit impulses.
Tensor matrix_of(const Graph& graph, const Shape& input) {
  const std::int64_t columns = input[1] * input[2] * input[3];
  Tensor impulses = at::zeros({columns, columns}, at::kDouble);
  for (std::int64_t i = 0; i < columns; ++i) impulses[i][i] = 1;
  const Trace trace = run(graph, impulses.reshape({columns, input[1], input[2], input[3]}), {.tape = Tape::none});
  return trace.value(graph.outputs()[0]).reshape({columns, -1}).t();
}

/// The definition on an explicit matrix of contributions [out,in]; a unit without positive ones spreads over `window`.
Tensor by_definition(const Tensor& contributions, const Tensor& window, const Tensor& relevance) {
  const Tensor positive = contributions.clamp_min(0);
  const Tensor totals = positive.sum(1, true);
  const Tensor shares = positive / totals.masked_fill(totals == 0, 1) + window / window.sum(1, true) * (totals == 0);
  return (shares * relevance.reshape({-1, 1})).sum(0);
}

TEST(excitation, convolution_follows_the_definition_on_its_explicit_matrix) {
  const Shape shape{1, 4, 5, 6};
  for (const std::int64_t groups : {1, 2, 4}) {
    const Attributes how =
        attributes({{"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 1, 2}}, {"dilations", Ints{1, 2}}, {"group", groups}});
    const auto net_of = [&](const Tensor& weight) {
      Net net;
      net.node("Conv", {net.input("x", {-1, 4, 5, 6}), net.constant(weight)}, how);
      return net.graph();
    };
    Tensor weight = test::random_normal({4, 4 / groups, 3, 3}, 5, at::kDouble);
    weight[1] = -weight[1].abs();  // never excited by positive inputs
    const Graph graph = net_of(weight);
    const Graph in_float = net_of(weight.to(at::kFloat));
    const Tensor window = matrix_of(net_of(at::ones_like(weight)), shape);
    for (const bool is_signed : {false, true}) {
      Tensor x = test::random_normal(shape, 6, at::kDouble);
      if (!is_signed) x = x.clamp_min(0);
      const Trace trace = run(graph, x);
      const Tensor relevance = test::random_normal(trace.value(graph.outputs()[0]).sizes().vec(), 7, at::kDouble).abs();
      const Tensor contributions = matrix_of(graph, shape) * x.reshape({1, -1});
      const Tensor spread = by_definition(contributions, window, relevance).reshape(shape);
      const Tensor dropped = by_definition(contributions, window * 0, relevance).nan_to_num(0).reshape(shape);
      const std::string where = "groups " + std::to_string(groups) + (is_signed ? " signed" : " positive");
      EXPECT_LE(test::relative_error(excite(graph, x, relevance), spread), 1e-12) << where;
      EXPECT_NEAR(spread.sum().item<double>(), relevance.sum().item<double>(), 1e-9) << where;

      const Tensor packed = x.to(at::kFloat).contiguous(at::MemoryFormat::ChannelsLast);
      const Tensor seeds = relevance.to(at::kFloat).contiguous(at::MemoryFormat::ChannelsLast);
      EXPECT_LE(test::relative_error(excite(in_float, packed, seeds), spread), 1e-5) << where;
      if (is_signed) continue;
      EXPECT_GT(test::relative_error(spread, dropped), 0.1) << where << ": nothing was left to spread";
    }
  }
}

TEST(excitation, transposed_convolution_spreads_evenly_too) {
  Net net;
  net.node("ConvTranspose", {net.input("x", {-1, 4, 2, 3}), net.constant(-test::random_normal({4, 2, 2, 2}, 3).abs())},
           attributes({{"strides", Ints{2, 2}}, {"group", std::int64_t{2}}}));
  const Graph graph = net.graph();  // every output reads one pixel of the two channels of its group
  const Tensor relevance = test::random_normal({1, 4, 4, 6}, 4).abs();
  const Tensor p = excite(graph, test::random_normal({1, 4, 2, 3}, 5).abs(), relevance);
  const Tensor of_group = relevance.reshape({1, 2, 2, 2, 2, 3, 2}).sum({2, 4, 6}) / 2;  // [1,groups,2,3]
  EXPECT_TRUE(p.allclose(of_group.repeat_interleave(2, 1), 1e-5)) << p << of_group;
}

TEST(excitation, conserves_through_a_residual_network) {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 17, 17}), 3, 8, 3, 2, 1)});
  x = net.node("MaxPool", {x}, attributes({{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}}));
  for (int block = 0; block < 2; ++block) {
    const ValueId inner = net.conv(net.node("Relu", {net.conv(x, 8, 8, 3, 1, 1)}), 8, 8, 3, 1, 1);
    x = net.node("Relu", {net.node("Add", {inner, x})});
  }
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 8, 10);
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::random_normal({1, 3, 17, 17}, 9));
  const Relevance all = walk(trace, seed(trace, logit(4)), find_recipe("excitation"), {.keep_all = true});
  for (const char* name : {"Relu_1", "MaxPool_2"}) {
    EXPECT_NEAR(all.at(graph.at(name)).sum().item<double>(), 1, 1e-4) << name;
  }
  EXPECT_NEAR(all.at(graph.inputs()[0]).sum().item<double>(), 1, 1e-4);
}

}  // namespace
}  // namespace fovea

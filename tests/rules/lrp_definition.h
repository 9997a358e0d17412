// Layer-wise relevance propagation as it is defined: every linear layer written out as an explicit matrix, in double.
// Slow and obvious; what the recipes are held against.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <gtest/gtest.h>

#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <fovea/walk.h>

#include "support/net.h"

namespace fovea::test {

/// One layer z_k = sum_j a_j w_jk + b_k, written out: w [out,in], a [in], b [out].
struct WrittenOut {
  Tensor w;
  Tensor a;
  Tensor b;
};

/// Relevance [out] to relevance [in].
using SlowRule = std::function<Tensor(const WrittenOut&, const Tensor& relevance)>;

/// R_j = sum_k c_jk / (sum_j c_jk + b_k, stabilised) R_k for contributions c [out,in].
inline Tensor share_by_definition(const Tensor& contributions, const Tensor& bias, const Tensor& relevance,
                                  double epsilon) {
  const Tensor total = contributions.sum(1) + bias;
  const Tensor sign = at::where(total >= 0, total * 0 + 1, total * 0 - 1);
  const Tensor denominator = total + epsilon * sign;
  const Tensor ratio =
      at::where(denominator == 0, relevance * 0, relevance / denominator.masked_fill(denominator == 0, 1));
  return contributions.t().mv(ratio);
}

inline SlowRule slow_epsilon(double epsilon) {
  return [=](const WrittenOut& layer, const Tensor& r) {
    return share_by_definition(layer.w * layer.a, layer.b, r, epsilon);
  };
}

inline SlowRule slow_gamma(double gamma, double epsilon) {
  return [=](const WrittenOut& layer, const Tensor& r) {
    const Tensor w = layer.w + gamma * layer.w.clamp_min(0);
    return share_by_definition(w * layer.a, layer.b + gamma * layer.b.clamp_min(0), r, epsilon);
  };
}

inline SlowRule slow_alpha_beta(double alpha, double epsilon) {
  return [=](const WrittenOut& layer, const Tensor& r) {
    const Tensor z = layer.w * layer.a;
    return alpha * share_by_definition(z.clamp_min(0), layer.b.clamp_min(0), r, epsilon) -
           (alpha - 1) * share_by_definition(z.clamp_max(0), layer.b.clamp_max(0), r, epsilon);
  };
}

/// Pixels between `low` and `high` [in].
inline SlowRule slow_z_box(const Tensor& low, const Tensor& high, double epsilon) {
  return [=](const WrittenOut& layer, const Tensor& r) {
    const Tensor z = layer.w * layer.a - layer.w.clamp_min(0) * low - layer.w.clamp_max(0) * high;
    return share_by_definition(z, layer.b * 0, r, epsilon);
  };
}

/// Every input that has a weight to a unit counts alike (no weight of these tests is 0 by chance).
inline SlowRule slow_flat() {
  return [](const WrittenOut& layer, const Tensor& r) {
    const Tensor window = (layer.w != 0).to(at::kDouble);
    return share_by_definition(window, layer.b * 0, r, 0);
  };
}

/// The rules of a recipe, by kind of layer.
struct SlowRecipe {
  SlowRule first;
  SlowRule convolution;
  SlowRule dense;
  SlowRule rest;  ///< average pooling, batch norm, sums
};

/// Writes a node out: its matrix from unit impulses, its bias from an input of zeros.
inline WrittenOut write_out(const Graph& graph, const Trace& trace, const Node& node) {
  const Tensor& input = trace.value(node.inputs[0]);
  const std::int64_t columns = input.numel();
  Shape shape = input.sizes().vec();
  shape[0] = columns + 1;
  Tensor probes = at::zeros({columns + 1, columns}, at::kDouble);
  probes.narrow(0, 0, columns).copy_(at::eye(columns, at::kDouble));
  const Trace answers = run(
      graph, {}, {.tape = Tape::none, .until = {node.outputs[0]}, .given = {{node.inputs[0], probes.reshape(shape)}}});
  const Tensor outputs = answers.value(node.outputs[0]).reshape({columns + 1, -1});
  const Tensor bias = outputs[columns];
  return {(outputs.narrow(0, 0, columns) - bias).t(), input.flatten(), bias};
}

/// Walks a chain of layers (convolution, Gemm, batch norm, ReLU, pools, Flatten, Add of two values) by the definition;
/// `start` is relevance at the output.
inline Tensor lrp_by_definition(const Graph& graph, const Tensor& x, const Tensor& start, const SlowRecipe& rules) {
  const Trace trace = run(graph, x);
  std::vector<Tensor> relevance(graph.values().size());
  const auto at = [&](ValueId value) -> Tensor& { return relevance[value]; };
  const auto add = [&](ValueId value, const Tensor& more) {
    const Tensor shaped = more.reshape(trace.value(value).sizes());
    at(value) = at(value).defined() ? at(value) + shaped : shaped;
  };
  at(graph.outputs()[0]) = start;
  std::size_t linear_left = 0;
  for (const Node& node : graph.nodes()) linear_left += node.op->kind == Kind::linear ? 1 : 0;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) {
    const Tensor r = at(node->outputs[0]);
    if (node->op->kind == Kind::add) {
      const Tensor pair =
          at::stack({trace.value(node->inputs[0]).flatten(), trace.value(node->inputs[1]).flatten()}, 1);
      Tensor first = pair.select(1, 0) * 0;
      Tensor second = first.clone();
      for (std::int64_t unit = 0; unit < pair.size(0); ++unit) {  // a layer of its own: two inputs of weight 1
        const WrittenOut one{at::ones({1, 2}, at::kDouble), pair[unit], at::zeros({1}, at::kDouble)};
        const Tensor shares = rules.rest(one, r.flatten().narrow(0, unit, 1));
        first[unit] = shares[0];
        second[unit] = shares[1];
      }
      add(node->inputs[0], first);
      add(node->inputs[1], second);
    } else if (node->op->kind == Kind::linear) {
      --linear_left;
      const bool dense = node->op->onnx == "Gemm";
      const SlowRule& rule = dense ? rules.dense : linear_left == 0 ? rules.first : rules.convolution;
      add(node->inputs[0], rule(write_out(graph, trace, *node), r.flatten()));
    } else if (node->op->kind == Kind::average_pool || node->op->kind == Kind::batch_norm) {
      add(node->inputs[0], rules.rest(write_out(graph, trace, *node), r.flatten()));
    } else if (node->op->onnx ==
               "MaxPool") {  // to the winner: the gradient, which tests/rules/gradient_test.cpp checks
      add(node->inputs[0], vjp(trace.step(static_cast<NodeId>(&*node - graph.nodes().data())).outputs,
                               trace.step(static_cast<NodeId>(&*node - graph.nodes().data())).inputs, {r})[0]);
    } else {
      add(node->inputs[0], r);  // ReLU, Flatten
    }
  }
  return at(graph.inputs()[0]);
}

/// A small network of every layer that the rules speak of, in double, with signed pixels and biases.
inline Graph lrp_network() {
  Net net;
  ValueId x = net.input("x", {-1, 2, 9, 8});
  const auto conv = [&](ValueId input, std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t groups,
                        std::uint64_t seed) {
    const Tensor weight = random_normal({out, in / groups, 3, 3}, seed, at::kDouble) * 0.4;
    const Tensor bias = random_normal({out}, seed + 1, at::kDouble) * 0.2;
    return net.node("Conv", {input, net.constant(weight), net.constant(bias)},
                    attributes({{"strides", std::vector<std::int64_t>{stride, stride}},
                                {"pads", std::vector<std::int64_t>{1, 0, 1, 1}},
                                {"group", groups}}));
  };
  x = net.node("Relu", {conv(x, 2, 4, 1, 1, 11)});
  x = net.node(
      "MaxPool", {x},
      attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}}));
  const ValueId branch = net.node("AveragePool", {conv(x, 4, 4, 1, 2, 13)},
                                  attributes({{"kernel_shape", std::vector<std::int64_t>{1, 1}}}));
  const ValueId skip = conv(x, 4, 4, 1, 1, 15);
  x = net.node("Relu", {net.node("Add", {branch, skip})});
  x = net.node(
      "AveragePool", {x},
      attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{1, 1}}}));
  x = net.node("Flatten", {x});
  const auto dense = [&](ValueId input, std::int64_t in, std::int64_t out, std::uint64_t seed) {
    return net.node("Gemm",
                    {input, net.constant(random_normal({out, in}, seed, at::kDouble) * 0.3),
                     net.constant(random_normal({out}, seed + 1, at::kDouble) * 0.2)},
                    attributes({{"transB", std::int64_t{1}}}));
  };
  const Graph shapes = net.graph();
  const std::int64_t features =
      run(shapes, random_normal({1, 2, 9, 8}, 1, at::kDouble)).value(shapes.outputs()[0]).size(1);
  x = net.node("Relu", {dense(x, features, 6, 17)});
  dense(x, 6, 3, 19);
  return net.graph();
}

/// Holds a recipe, with settings, to its definition on that network; the start is one class.
inline void expect_lrp(const char* name, const SlowRecipe& rules, const Settings& settings = {}) {
  const Graph graph = lrp_network();
  const Tensor x = random_normal({1, 2, 9, 8}, 7, at::kDouble);
  const Trace trace = run(graph, x);
  Tensor start = trace.scores() * 0;
  start[0][1] = trace.scores()[0][1];
  const Recipe& recipe = find_recipe(name);
  const Options options(recipe.name, recipe.options, recipe.presets, {}, settings);
  const Tensor fast = walk(trace, {{graph.outputs()[0], start}}, recipe, {.recipe = &options}).at(graph.inputs()[0]);
  const Tensor slow = lrp_by_definition(graph, x, start, rules);
  EXPECT_GT(slow.abs().max().item<double>(), 1e-6);
  EXPECT_LE(relative_error(fast, slow), 1e-9) << name;
}

/// One unit over (2, 1, -5) with weights (3, 4, -1) and bias `bias`: contributions 6, 4, 5.
inline Tensor lrp_of_one_unit(const char* name, const Settings& settings, double bias, double relevance) {
  Net net;
  net.node("Gemm",
           {net.input("x", {-1, 3}), net.constant(tensor({3, 4, -1}, {1, 3}, at::kDouble)),
            net.constant(tensor({bias}, {1}, at::kDouble))},
           attributes({{"transB", std::int64_t{1}}}));
  const Graph graph = net.graph();
  const Recipe& recipe = find_recipe(name);
  const Options options(recipe.name, recipe.options, recipe.presets, {}, settings);
  const Trace trace = run(graph, tensor({2, 1, -5}, {1, 3}, at::kDouble));
  return walk(trace, {{graph.outputs()[0], tensor({relevance}, {1, 1}, at::kDouble)}}, recipe, {.recipe = &options})
      .at(graph.inputs()[0]);
}

}  // namespace fovea::test

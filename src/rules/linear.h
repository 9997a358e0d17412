// What recipes that share relevance out by contributions have in common: linear ops run again on other inputs and
// weights, and what counts as linear.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include <ATen/core/grad_mode.h>

#include "core/fused.h"
#include "rules/common.h"

namespace fovea::rules {

/// Below this a sum of contributions counts as none: the quotient would leave float32.
inline constexpr double least_contribution = 1e-30;

/// Where Conv, ConvTranspose and Gemm take their bias.
inline constexpr std::size_t bias_input = 2;

/// A linear op on other inputs, with its tape.
struct Linear {
  Tensor input;
  Tensor output;
};

/// Returns a node's inputs with the bias left out.
inline std::vector<Tensor> without_bias(const RuleCall& call) {
  std::vector<Tensor> inputs = call.step.inputs;
  if (call.node.op->kind == Kind::linear && inputs.size() > bias_input) inputs[bias_input] = Tensor{};
  return inputs;
}

/// Runs a node's op with `input` as its input `i` and `inputs` as the others.
inline Linear apply_linear(const RuleCall& call, std::size_t i, const Tensor& input, std::vector<Tensor> inputs) {
  const Tensor leaf = input.detach().requires_grad_();
  inputs[i] = leaf;
  c10::AutoGradMode grad(true);
  return {leaf, call.node.op->forward(Call{call.node, inputs})[0]};
}

/// Returns the first input that relevance can flow to.
inline std::size_t flowing_input(const RuleCall& call) {
  const auto flowing = std::find_if(call.step.inputs.begin(), call.step.inputs.end(),
                                    [](const Tensor& t) { return t.defined() && t.requires_grad(); });
  return static_cast<std::size_t>(flowing - call.step.inputs.begin());
}

/// Returns all inputs that relevance can flow to.
inline std::vector<std::size_t> flowing_inputs(const RuleCall& call) {
  std::vector<std::size_t> flowing;
  for (std::size_t i = 0; i < call.step.inputs.size(); ++i) {
    if (call.step.inputs[i].defined() && call.step.inputs[i].requires_grad()) flowing.push_back(i);
  }
  return flowing;
}

/// Counts a node's inputs that are not constant.
inline std::ptrdiff_t count_variable_inputs(const Graph& graph, const Node& node) {
  return std::count_if(node.inputs.begin(), node.inputs.end(),
                       [&](ValueId input) { return input != no_value && !graph.is_constant(input); });
}

/// Matches convolutions, Gemm and MatMul with constant weights.
inline bool has_weights(const Graph& graph, const Node& node, const Options&) {
  return node.op->kind == Kind::linear && count_variable_inputs(graph, node) == 1;
}

/// Matches averages and sums over windows or axes.
inline bool averages(const Graph&, const Node& node, const Options&) {
  return node.op->kind == Kind::average_pool || node.op->onnx == "ReduceMean" || node.op->onnx == "ReduceSum";
}

/// Matches sums and differences of values.
inline bool adds(const Graph&, const Node& node, const Options&) {
  return node.op->kind == Kind::add || node.op->onnx == "Sub";
}

/// Tells whether a factor of the node turns its weights around (Gemm's alpha).
inline bool has_negative_scale(const Node& node) {
  return node.op->onnx == "Gemm" && node.attributes.number("alpha", 1) < 0;
}

/// Tells whether an input of a node may hold negative numbers.
inline bool may_be_negative(const RuleCall& call, std::size_t i) {
  const NodeId producer = call.graph.value(call.node.inputs[i]).producer;
  if (producer != no_node && is_rectifier(call.graph, call.graph.node(producer))) {
    return false;
  }
  return any_negative(call.input(i).detach());
}

/// Sums what broadcasting repeated, so that relevance fits an input again.
inline Tensor reduce_to(const Tensor& relevance, const Tensor& input) {
  return relevance.sizes() == input.sizes() ? relevance : relevance.sum_to_size(input.sizes());
}

}  // namespace fovea::rules

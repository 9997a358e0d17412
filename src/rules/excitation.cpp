// Excitation backprop: relevance is a probability that flows to the inputs in proportion to their excitation,
// P(a_j) = sum_i P(a_i) w+_ji a_j / sum_k w+_ki a_k (Zhang et al. 2016, equation 4); no bias.
// A unit that nothing excites (one that its bias alone switches on) has no shares: its probability is spread evenly
// over its window so that the sum is kept, or dropped as published code does (`unexcited=drop`). With negative inputs
// (linear bottlenecks, pixels), where the paper does not speak, the shares are those of the positive contributions (w
// a)+, which is the same for inputs of one sign; `negative=raw` keeps w+ a as published code does.
//   average pooling   the same rule, weights 1/n           max-pooling   to the winner
//   residual adds     P a_i / sum a (Caffe-ExcitationBP since 2017), or all to the residual branch (its README)
//   ReLU, LRN, batch norm, scale   unchanged               concat, reshapes   to where the values came from
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>

#include "core/depthwise.h"
#include "core/fused.h"
#include "ops/window.h"
#include "rules/common.h"
#include "rules/excitation.h"
#include "rules/linear.h"
#include "rules/shared/spread.h"

namespace fovea::rules::excitation {
namespace {

/// The probability of units that nothing excites; undefined when there is none or it is to be dropped.
Tensor left_over(const RuleCall& call, const Shares& shares, const Tensor& total) {
  if (!shares.left || call.options.text("unexcited") == "drop") return {};
  return unshared(call.relevance[0], total, least_contribution);
}

/// The same op on other inputs, the bias left out.
Linear apply(const RuleCall& call, std::size_t i, const Tensor& input, std::vector<Tensor> inputs) {
  if (call.node.op->kind == Kind::linear && inputs.size() > bias_input) inputs[bias_input] = Tensor{};
  return apply_linear(call, i, input, std::move(inputs));
}

/// Tells whether the weights count negated: by Gemm's alpha, or for the opposite class. A common factor of -1 cancels
/// in the shares, so that this is the same as keeping the weights of the other sign.
bool is_flipped(const RuleCall& call) {
  return has_negative_scale(call.node) != (call.node.name == call.options.text("opposite"));
}

/// Returns the constant inputs with only the positive (or only the negative) weights left.
std::vector<Tensor> weights_of_sign(const RuleCall& call, std::size_t i, bool positive) {
  std::vector<Tensor> inputs = call.step.inputs;
  if (call.node.op->kind != Kind::linear) return inputs;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (k == i || !inputs[k].defined()) continue;
    inputs[k] = positive != is_flipped(call) ? inputs[k].detach().clamp_min(0) : inputs[k].detach().clamp_max(0);
  }
  return inputs;
}

/// Adds what flows back through a linear op, its input times the gradient of the shares; `sum` may be undefined.
Tensor add_flow(const Tensor& sum, const Linear& linear, const Tensor& ratio) {
  const Tensor input = linear.input.detach();
  const Tensor gradient = vjp({linear.output}, {linear.input}, {ratio})[0];
  return sum.defined() ? at::addcmul(sum, input, gradient) : input * gradient;
}

/// The parts of an op whose outputs sum to the positive contributions to its units. Inputs of one sign need the
/// positive weights alone; else the negative part of the input meets the negative weights.
std::vector<Linear> positive_contributions(const RuleCall& call, std::size_t i, const Tensor& input, bool is_signed) {
  if (!is_signed) return {apply(call, i, input, weights_of_sign(call, i, true))};
  const Linear above = apply(call, i, input.clamp_min(0), weights_of_sign(call, i, true));
  if (call.node.op->kind != Kind::linear) return {above};  // averaging has positive weights
  return {above, apply(call, i, input.clamp_max(0), weights_of_sign(call, i, false))};
}

/// A convolution in one group can take the negative part of its input as further channels: outputs and shares are then
/// gone through once.
bool can_stack(const RuleCall& call, std::size_t i) {
  return call.node.op->onnx == "Conv" && i == 0 && call.node.attributes.integer("group", 1) == 1;
}

Linear stack(const RuleCall& call, const Tensor& input) {
  std::vector<Tensor> inputs = call.step.inputs;
  const Tensor weight = inputs[1].detach();
  inputs[1] = split_signs(is_flipped(call) ? -weight : weight);
  return apply(call, 0, split_signs(input), inputs);
}

/// Returns the relevance at the input of a depthwise convolution that one pass can take, else undefined.
Tensor excite_depthwise(const RuleCall& call) {
  const Tensor& input = call.input(0);
  if (call.node.op->onnx != "Conv" || !input.requires_grad() || call.input(1).dim() != 4 ||
      call.node.attributes.integer("group", 1) != input.size(1)) {
    return {};
  }
  const Tensor weight =
      call.node.name == call.options.text("opposite") ? -call.input(1).detach() : call.input(1).detach();
  if (!can_share_depthwise(input.detach(), weight, call.relevance[0])) return {};
  const ops::Window window = ops::resolve_window(call.node, input.sizes().vec(), {weight.size(2), weight.size(3)});
  return share_depthwise(input.detach(), weight, call.relevance[0],
                         {.kernel = {window.kernel[0], window.kernel[1]},
                          .stride = {window.stride[0], window.stride[1]},
                          .dilation = {window.dilation[0], window.dilation[1]},
                          .begin_pad = {window.begin_pad[0], window.begin_pad[1]}},
                         {.raw = call.options.text("negative") == "raw",
                          .spread = call.options.text("unexcited") != "drop",
                          .least = least_contribution});
}

/// Shares out by the positive contributions of one flowing input.
std::vector<Tensor> excite(const RuleCall& call) {
  std::vector<Tensor> relevance(call.step.inputs.size());
  if (relevance[0] = excite_depthwise(call); relevance[0].defined()) return relevance;
  const std::size_t i = flowing_input(call);
  const bool is_signed = call.options.text("negative") != "raw" && may_be_negative(call, i);

  const Tensor input = call.input(i).detach();
  const bool stacked = is_signed && can_stack(call, i);
  const std::vector<Linear> parts =
      stacked ? std::vector{stack(call, input)} : positive_contributions(call, i, input, is_signed);
  Tensor total = parts[0].output.detach();
  if (parts.size() > 1) total = total + parts[1].output.detach();
  const Shares shares = share_out(call.relevance[0], total, least_contribution);
  Tensor& sum = relevance[i];
  if (const Tensor rest = left_over(call, shares, total); rest.defined()) sum = spread_evenly(call, i, rest);
  if (stacked) {
    const Tensor flow = times_by_sign(input, vjp({parts[0].output}, {parts[0].input}, {shares.ratio})[0]);
    sum = sum.defined() ? flow + sum : flow;
    return relevance;
  }
  for (const Linear& part : parts) sum = add_flow(sum, part, shares.ratio);
  return relevance;
}

/// Counts the nodes on the longest path to a value: the residual branch is the deeper one.
int depth_of(const Graph& graph, ValueId value) {
  std::vector<int> depths(graph.values().size(), 0);
  for (const Node& node : graph.nodes()) {
    int deepest = 0;
    for (const ValueId input : node.inputs) {
      if (input != no_value) deepest = std::max(deepest, depths[input]);
    }
    for (const ValueId output : node.outputs) {
      if (output != no_value) depths[output] = deepest + 1;
    }
  }
  return depths[value];
}

/// Splits at a sum among the inputs that are not constant.
std::vector<Tensor> split_add(const RuleCall& call) {
  std::vector<Tensor> relevance(call.step.inputs.size());
  const std::vector<std::size_t> flowing = flowing_inputs(call);
  if (flowing.size() == 1) {
    relevance[flowing[0]] = reduce_to(call.relevance[0], call.input(flowing[0]));
    return relevance;
  }
  if (call.options.text("residual") == "branch") {
    const auto deepest = *std::max_element(flowing.begin(), flowing.end(), [&](std::size_t a, std::size_t b) {
      return depth_of(call.graph, call.node.inputs[a]) < depth_of(call.graph, call.node.inputs[b]);
    });
    relevance[deepest] = reduce_to(call.relevance[0], call.input(deepest));
    return relevance;
  }
  const bool subtracts = call.node.op->onnx == "Sub";
  Tensor total;
  for (const std::size_t i : flowing) {
    const Tensor term = subtracts && i == 1 ? -call.input(i).detach() : call.input(i).detach();
    total = total.defined() ? total + term : term;
  }
  const Shares shares = share_out(call.relevance[0], total, least_contribution);
  const Tensor rest = left_over(call, shares, total);
  for (const std::size_t i : flowing) {
    const Tensor term = subtracts && i == 1 ? -call.input(i).detach() : call.input(i).detach();
    Tensor part = term * shares.ratio;
    if (rest.defined()) part = part + rest / static_cast<double>(flowing.size());
    relevance[i] = reduce_to(part, call.input(i));
  }
  return relevance;
}

bool passes(const Graph&, const Node& node, const Options&) {
  switch (node.op->kind) {
    case Kind::rectifier:
    case Kind::activation:
    case Kind::normalisation:
    case Kind::batch_norm:
    case Kind::arithmetic:
    case Kind::identity:
    case Kind::softmax: return true;
    default: return false;
  }
}

constexpr RecipeRow rows[] = {
    {has_weights, excite, "convolution, Gemm, MatMul with weights: shares of the positive contributions, no bias"},
    {averages, excite, "average pooling, mean and sum over axes: shares of the activations in the window"},
    {adds, split_add, "sums: in proportion to the inputs (residual=proportional) or to the deeper one (branch)"},
    {passes, pass, "ReLU and other non-linearities, LRN, batch norm, scales: unchanged"}};

constexpr Option options[] = {
    residual_option,
    negative_option,
    unexcited_option,
    {"opposite", OptionType::text, "", "",
     "Names a linear node whose weights count negated: the opposite class of contrastive excitation backprop."}};

constexpr Setting torchray[] = {{"residual", "proportional"}, {"negative", "raw"}, {"unexcited", "drop"}};
constexpr Preset presets[] = {
    {"torchray", "TorchRay: the raw rule for negative inputs; what nothing excites is dropped.", torchray}};

std::string remark_on_batch_norm(const Graph& graph) {
  const auto kept = std::count_if(graph.nodes().begin(), graph.nodes().end(),
                                  [](const Node& node) { return node.op->kind == Kind::batch_norm; });
  if (kept == 0) return {};
  return std::to_string(kept) + " batch normalisations are passed unchanged; fold them where a convolution precedes";
}

}  // namespace

extern constinit const Recipe descriptor{
    .name = "excitation",
    .sentence = "Spreads a probability down to the inputs in proportion to how much each excites; its sum is kept.",
    .paper = "Zhang, Bargal, Lin, Brandt, Shen, Sclaroff 2016, Top-down Neural Attention by Excitation Backprop",
    .rows = rows,
    .options = options,
    .presets = presets,
    .folds_batch_norm = true,
    .remark = remark_on_batch_norm};

}  // namespace fovea::rules::excitation

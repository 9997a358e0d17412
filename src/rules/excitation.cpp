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
#include <ATen/ops/ones_like.h>

#include "core/fused.h"
#include "rules/common.h"
#include "rules/excitation.h"

namespace fovea::rules {
namespace {

/// Below this a unit counts as not excited: the quotient would leave float32.
constexpr double least_excitation = 1e-30;

/// The probability of units that nothing excites; undefined when there is none or it is to be dropped.
Tensor left_over(const RuleCall& call, const Shares& shares, const Tensor& total) {
  if (!shares.left || call.options.text("unexcited") == "drop") return {};
  return call.relevance[0].masked_fill(total.abs() > least_excitation, 0);
}

/// A linear op on other inputs, with its tape; the bias left out.
struct Linear {
  Tensor input;
  Tensor output;
};

Linear apply(const RuleCall& call, std::size_t i, const Tensor& input, const std::vector<Tensor>& weights) {
  constexpr std::size_t bias = 2;  // of Conv, ConvTranspose and Gemm
  std::vector<Tensor> inputs = weights;
  const Tensor leaf = input.detach().requires_grad_();
  inputs[i] = leaf;
  if (call.node.op->kind == Kind::linear && inputs.size() > bias) inputs[bias] = Tensor{};
  c10::AutoGradMode grad(true);
  return {leaf, call.node.op->forward(Call{call.node, inputs})[0]};
}

/// Returns the constant inputs with only the positive (or only the negative) weights left. Gemm's alpha counts as part
/// of its weights.
std::vector<Tensor> weights_of_sign(const RuleCall& call, std::size_t i, bool positive) {
  std::vector<Tensor> inputs = call.step.inputs;
  if (call.node.op->kind != Kind::linear) return inputs;
  const bool negative_scale = call.node.op->onnx == "Gemm" && call.node.attributes.number("alpha", 1) < 0;
  // Flipping which sign is kept is negating the weights: a common factor of -1 cancels in the shares.
  const bool flipped = negative_scale != (call.node.name == call.options.text("opposite"));
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (k == i || !inputs[k].defined()) continue;
    inputs[k] = positive != flipped ? inputs[k].detach().clamp_min(0) : inputs[k].detach().clamp_max(0);
  }
  return inputs;
}

/// Spreads probability evenly over the windows of the units that hold it: the same op with all weights and inputs 1.
Tensor spread(const RuleCall& call, std::size_t i, const Tensor& rest) {
  std::vector<Tensor> ones = call.step.inputs;
  for (std::size_t k = 0; k < ones.size(); ++k) {
    if (k != i && ones[k].defined() && call.node.op->kind == Kind::linear) ones[k] = at::ones_like(ones[k]);
  }
  const Linear even = apply(call, i, at::ones_like(call.input(i).detach()), ones);
  return vjp({even.output}, {even.input}, {share_out(rest, even.output.detach(), least_excitation).ratio})[0];
}

Tensor flow(const Linear& linear, const Tensor& ratio) {
  return linear.input.detach() * vjp({linear.output}, {linear.input}, {ratio})[0];
}

/// Shares out by the positive contributions of one flowing input.
std::vector<Tensor> excite(const RuleCall& call) {
  std::vector<Tensor> relevance(call.step.inputs.size());
  const auto flowing = std::find_if(call.step.inputs.begin(), call.step.inputs.end(),
                                    [](const Tensor& t) { return t.defined() && t.requires_grad(); });
  const auto i = static_cast<std::size_t>(flowing - call.step.inputs.begin());
  const bool averages = call.node.op->kind != Kind::linear;
  const Tensor input = flowing->detach();
  const bool raw = call.options.text("negative") == "raw";
  const bool is_signed = !raw && input.min().item<double>() < 0;

  const Linear positive = apply(call, i, is_signed ? input.clamp_min(0) : input, weights_of_sign(call, i, true));
  std::vector<Linear> parts{positive};
  if (is_signed && !averages) {  // averaging has positive weights: negative inputs contribute nothing
    parts.push_back(apply(call, i, input.clamp_max(0), weights_of_sign(call, i, false)));
  }
  Tensor total = positive.output.detach();
  if (parts.size() > 1) total = total + parts[1].output.detach();
  const Shares shares = share_out(call.relevance[0], total, least_excitation);
  for (const Linear& part : parts) {
    const Tensor flowed = flow(part, shares.ratio);
    relevance[i] = relevance[i].defined() ? relevance[i] + flowed : flowed;
  }
  if (const Tensor rest = left_over(call, shares, total); rest.defined())
    relevance[i] = relevance[i] + spread(call, i, rest);
  return relevance;
}

bool has_weights(const Graph& graph, const Node& node, const Options&) {
  if (node.op->kind != Kind::linear) return false;
  return std::count_if(node.inputs.begin(), node.inputs.end(),
                       [&](ValueId input) { return input != no_value && !graph.is_constant(input); }) == 1;
}

bool averages(const Graph&, const Node& node, const Options&) {
  return node.op->kind == Kind::average_pool || node.op->onnx == "ReduceMean" || node.op->onnx == "ReduceSum";
}

/// Counts the nodes on the longest path to a value: the residual branch is the deeper one.
int depth_of(const Graph& graph, ValueId value) {
  std::vector<int> depths(graph.values().size(), 0);
  for (const Node& node : graph.nodes()) {
    int deepest = 0;
    for (const ValueId input : node.inputs) {
      if (input != no_value) deepest = std::max(deepest, depths[static_cast<std::size_t>(input)]);
    }
    for (const ValueId output : node.outputs) {
      if (output != no_value) depths[static_cast<std::size_t>(output)] = deepest + 1;
    }
  }
  return depths[static_cast<std::size_t>(value)];
}

/// Sums what broadcasting repeated, so that relevance fits an input again.
Tensor reduce_to(const Tensor& relevance, const Tensor& input) {
  return relevance.sizes() == input.sizes() ? relevance : relevance.sum_to_size(input.sizes());
}

/// Splits at a sum among the inputs that are not constant.
std::vector<Tensor> split_add(const RuleCall& call) {
  std::vector<Tensor> relevance(call.step.inputs.size());
  std::vector<std::size_t> flowing;
  for (std::size_t i = 0; i < relevance.size(); ++i) {
    if (call.step.inputs[i].defined() && call.step.inputs[i].requires_grad()) flowing.push_back(i);
  }
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
  const Shares shares = share_out(call.relevance[0], total, least_excitation);
  const Tensor rest = left_over(call, shares, total);
  for (const std::size_t i : flowing) {
    const Tensor term = subtracts && i == 1 ? -call.input(i).detach() : call.input(i).detach();
    Tensor part = term * shares.ratio;
    if (rest.defined()) part = part + rest / static_cast<double>(flowing.size());
    relevance[i] = reduce_to(part, call.input(i));
  }
  return relevance;
}

bool adds(const Graph&, const Node& node, const Options&) {
  return node.op->kind == Kind::add || node.op->onnx == "Sub";
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

extern constinit const Recipe excitation{
    .name = "excitation",
    .sentence = "Spreads a probability down to the inputs in proportion to how much each excites; its sum is kept.",
    .paper = "Zhang, Bargal, Lin, Brandt, Shen, Sclaroff 2016, Top-down Neural Attention by Excitation Backprop",
    .rows = rows,
    .options = options,
    .presets = presets,
    .remark = remark_on_batch_norm};

}  // namespace fovea::rules

// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include <ATen/ops/copysign.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/tensor.h>

#include <fovea/error.h>

#include "rules/shared/spread.h"

namespace fovea::rules {
namespace {

/// Which of the numbers of a tensor count; the others become 0.
enum class Sign { all, positive, negative };

Tensor part(const Tensor& tensor, Sign sign) {
  if (sign == Sign::positive) return tensor.clamp_min(0);
  return sign == Sign::negative ? tensor.clamp_max(0) : tensor;
}

Sign opposite(Sign sign) {
  if (sign == Sign::all) return sign;
  return sign == Sign::positive ? Sign::negative : Sign::positive;
}

/// R / (z + epsilon sign(z)); 0/0 is 0.
Tensor divide(const Tensor& relevance, const Tensor& total, double epsilon) {
  if (epsilon == 0) return share_out(relevance, total, least_contribution).ratio;
  return relevance / (total + at::copysign(at::full_like(total, epsilon), total));
}

double epsilon_of(const RuleCall& call) { return call.options.has("epsilon") ? call.options.number("epsilon") : 0; }

/// The other inputs of a linear node with the weights and the bias of one sign; none where `bias` is empty.
std::vector<Tensor> constants(const RuleCall& call, std::size_t i, Sign weight, std::optional<Sign> bias) {
  std::vector<Tensor> inputs = call.step.inputs;
  const bool scaled_bias = call.node.op->onnx == "Gemm" && call.node.attributes.number("beta", 1) < 0;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (k == i || !inputs[k].defined()) continue;
    if (k == bias_input) {
      inputs[k] = bias ? part(inputs[k].detach(), scaled_bias ? opposite(*bias) : *bias) : Tensor{};
    } else {
      inputs[k] = part(inputs[k].detach(), has_negative_scale(call.node) ? opposite(weight) : weight);
    }
  }
  return inputs;
}

/// Gives each part of the contributions its share: input times the gradient at that part.
Tensor share(const std::vector<Linear>& parts, const Tensor& relevance, double epsilon) {
  Tensor total = parts[0].output.detach();
  for (std::size_t p = 1; p < parts.size(); ++p) total = total + parts[p].output.detach();
  const Tensor ratio = divide(relevance, total, epsilon);
  Tensor sum;
  for (const Linear& one : parts) {
    const Tensor flow = one.input.detach() * vjp({one.output}, {one.input}, {ratio})[0];
    sum = sum.defined() ? sum + flow : flow;
  }
  return sum;
}

/// The parts of a layer whose outputs sum to its contributions of one sign, the bias of that sign among them.
std::vector<Linear> contributions(const RuleCall& call, std::size_t i, Sign sign) {
  const Tensor input = call.input(i).detach();
  std::vector<Linear> parts{apply_linear(call, i, input.clamp_min(0), constants(call, i, sign, sign))};
  if (may_be_negative(call, i)) {
    parts.push_back(apply_linear(call, i, input.clamp_max(0), constants(call, i, opposite(sign), std::nullopt)));
  }
  return parts;
}

std::vector<Tensor> at_input(const RuleCall& call, std::size_t i, Tensor relevance) {
  std::vector<Tensor> all(call.step.inputs.size());
  all[i] = std::move(relevance);
  return all;
}

std::vector<Tensor> alpha_beta(const RuleCall& call, double alpha) {
  const std::size_t i = flowing_input(call);
  const double beta = alpha - 1;
  const double epsilon = epsilon_of(call);
  Tensor relevance = share(contributions(call, i, Sign::positive), call.relevance[0], epsilon) * alpha;
  if (beta != 0) {
    relevance = relevance - share(contributions(call, i, Sign::negative), call.relevance[0], epsilon) * beta;
  }
  return at_input(call, i, relevance);
}

/// Reads a bound per channel, [1,C,1,1]; the input's own extreme where none is given.
Tensor bound(const RuleCall& call, const Tensor& input, std::string_view option, bool low) {
  const std::string& text = call.options.text(option);
  std::vector<double> numbers;
  for (const char* at = text.c_str(); *at != '\0';) {
    char* end = nullptr;
    numbers.push_back(std::strtod(at, &end));
    const bool good = end != at && (*end == ',' || *end == '\0') && std::isfinite(numbers.back());
    if (!good) numbers.clear();
    if (!good) break;
    at = *end == ',' ? end + 1 : end;
  }
  const auto channels = static_cast<std::size_t>(input.dim() > 1 ? input.size(1) : 1);
  if (text.empty()) return (low ? input.min() : input.max()).expand(input.sizes());
  if (numbers.size() != 1 && numbers.size() != channels) {
    throw Error(ErrorKind::usage,
                "option '" + std::string(option) + "' is one number, or one per channel (" + std::to_string(channels) +
                    ") with commas between, found '" + text + "'",
                "for example " + std::string(option) + "=-1,-1,-1");
  }
  Shape shape(static_cast<std::size_t>(input.dim()), 1);
  if (numbers.size() > 1) shape[1] = static_cast<std::int64_t>(channels);
  return at::tensor(numbers, input.options()).reshape(shape).expand(input.sizes());
}

}  // namespace

std::vector<Tensor> lrp_epsilon_rule(const RuleCall& call) {
  const std::size_t i = flowing_input(call);
  const Tensor ratio = divide(call.relevance[0], call.output().detach(), epsilon_of(call));
  return at_input(call, i, call.input(i).detach() * call.gradient(ratio)[i]);
}

std::vector<Tensor> lrp_gamma_rule(const RuleCall& call) {
  const std::size_t i = flowing_input(call);
  const double gamma = call.options.number("gamma");
  std::vector<Tensor> favoured = constants(call, i, Sign::positive, Sign::positive);
  for (std::size_t k = 0; k < favoured.size(); ++k) {
    if (k != i && favoured[k].defined()) favoured[k] = call.step.inputs[k].detach() + gamma * favoured[k];
  }
  const Linear layer = apply_linear(call, i, call.input(i), favoured);
  return at_input(call, i, share({layer}, call.relevance[0], epsilon_of(call)));
}

std::vector<Tensor> lrp_alpha_beta_rule(const RuleCall& call) { return alpha_beta(call, call.options.number("alpha")); }

std::vector<Tensor> lrp_z_plus_rule(const RuleCall& call) { return alpha_beta(call, 1); }

std::vector<Tensor> lrp_z_box_rule(const RuleCall& call) {
  const std::size_t i = flowing_input(call);
  const Tensor input = call.input(i).detach();
  const Tensor low = bound(call, input, "low", true);
  const Tensor high = bound(call, input, "high", false);
  const Linear all = apply_linear(call, i, input, constants(call, i, Sign::all, std::nullopt));
  const Linear below = apply_linear(call, i, low, constants(call, i, Sign::positive, std::nullopt));
  const Linear above = apply_linear(call, i, high, constants(call, i, Sign::negative, std::nullopt));
  const Tensor total = all.output.detach() - below.output.detach() - above.output.detach();
  const Tensor ratio = divide(call.relevance[0], total, epsilon_of(call));
  const auto flow = [&](const Linear& one) { return one.input.detach() * vjp({one.output}, {one.input}, {ratio})[0]; };
  return at_input(call, i, flow(all) - flow(below) - flow(above));
}

std::vector<Tensor> lrp_flat_rule(const RuleCall& call) {
  const std::size_t i = flowing_input(call);
  return at_input(call, i, spread_evenly(call, i, call.relevance[0]));
}

std::vector<Tensor> lrp_sum_rule(const RuleCall& call) {
  const Tensor ratio = divide(call.relevance[0], call.output().detach(), epsilon_of(call));
  const std::vector<Tensor> shares = call.gradient(ratio);  // +-1 per term, summed over what broadcasting repeated
  std::vector<Tensor> relevance(call.step.inputs.size());
  for (const std::size_t i : flowing_inputs(call)) {
    if (shares[i].defined()) relevance[i] = call.input(i).detach() * shares[i];
  }
  return relevance;
}

std::vector<Tensor> lrp_product_rule(const RuleCall& call) {
  const std::vector<std::size_t> flowing = flowing_inputs(call);
  const Tensor ratio = divide(call.relevance[0], call.output().detach(), epsilon_of(call));
  const bool quotient = call.node.op->onnx == "Div";
  const std::vector<Tensor> shares = call.gradient(ratio);
  const auto flow = [&](std::size_t i) { return call.input(i).detach() * shares[i]; };
  if (flowing.size() == 1) return at_input(call, flowing[0], quotient && flowing[0] == 1 ? Tensor{} : flow(flowing[0]));
  if (quotient) return at_input(call, 0, flow(0));
  const ValueId a = call.node.inputs[flowing[0]];
  const ValueId b = call.node.inputs[flowing[1]];
  if (call.graph.reaches(a, b)) return at_input(call, flowing[0], flow(flowing[0]));
  if (call.graph.reaches(b, a)) return at_input(call, flowing[1], flow(flowing[1]));
  std::vector<Tensor> relevance(call.step.inputs.size());
  for (const std::size_t i : flowing) relevance[i] = flow(i) / static_cast<double>(flowing.size());
  return relevance;
}

bool is_first_layer(const Graph& graph, const Node& node, const Options& options) {
  if (!has_weights(graph, node, options)) return false;
  const ValueSet before = graph.ancestors(node.inputs);
  return std::none_of(graph.nodes().begin(), graph.nodes().end(),
                      [&](const Node& one) { return one.op->kind == Kind::linear && before.has_any(one.outputs); });
}

bool is_dense(const Graph& graph, const Node& node, const Options& options) {
  return has_weights(graph, node, options) && (node.op->onnx == "Gemm" || node.op->onnx == "MatMul");
}

bool multiplies(const Graph&, const Node& node, const Options&) {
  return node.op->onnx == "Mul" || node.op->onnx == "Div";
}

bool is_bilinear(const Graph& graph, const Node& node, const Options&) {
  return node.op->kind == Kind::linear && count_variable_inputs(graph, node) > 1;
}

bool lrp_passes(const Graph&, const Node& node, const Options&) {
  switch (node.op->kind) {
    case Kind::rectifier:
    case Kind::activation:
    case Kind::normalisation:
    case Kind::arithmetic:
    case Kind::identity:
    case Kind::softmax: return true;
    default: return false;
  }
}

std::string lrp_remark(const Graph& graph) {
  std::ptrdiff_t norms = 0;
  std::ptrdiff_t products = 0;
  for (const Node& node : graph.nodes()) {
    if (node.op->kind == Kind::batch_norm) ++norms;
    if (multiplies(graph, node, {}) && count_variable_inputs(graph, node) > 1) ++products;
  }
  std::string text;
  if (norms > 0) {
    text = std::to_string(norms) +
           " batch normalisations have no convolution before them to be folded into: each is a "
           "linear layer of its own, by the epsilon rule";
  }
  if (products > 0) {
    text += (text.empty() ? "" : "; ") + std::to_string(products) +
            " products of two values: relevance goes to the signal, none to the gate";
  }
  return text;
}

}  // namespace fovea::rules

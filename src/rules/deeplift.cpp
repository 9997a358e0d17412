// DeepLIFT's rescale rule: relevance is a multiplier m, and m (x - x0) sums to the change from a reference x0.
//   linear layers    their gradient
//   non-linearities  m_x = m_y (y - y0) / (x - x0), the gradient where |x - x0| < 1e-7
//   max-pooling      the gradient, to the winner of x (`max_pool=winner`), or the change of the maximum to the winner
//   of
//                    x where it rose and to the winner of x0 where it fell (`rescale`), which keeps the sum
//   products         m_a = m_y (b + b0) / 2: the two orders of changing a and b averaged, which keeps the sum
// Shrikumar, Greenside, Kundaje 2017, equations 10 and 11 (which leave max-pooling and products open).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/maximum.h>
#include <ATen/ops/where.h>

#include <fovea/error.h>

#include "rules/linear.h"

namespace fovea::rules::deeplift {
namespace {

constexpr double least_difference = 1e-7;

const Step& reference_of(const RuleCall& call) {
  if (call.reference != nullptr && !call.reference->outputs.empty()) return *call.reference;
  throw Error(ErrorKind::usage, "recipe deeplift needs a run on a reference to compare with",
              "give WalkOptions::reference");
}

/// Divides by differences of inputs; where there is none, `otherwise` stands.
Tensor per_difference(const Tensor& change, const Tensor& x, const Tensor& x0, const Tensor& otherwise) {
  const Tensor difference = x - x0;
  const Tensor none = difference.abs() < least_difference;
  return at::where(none, otherwise, change / difference.masked_fill(none, 1));
}

std::vector<Tensor> rescale(const RuleCall& call) {
  const Step& reference = reference_of(call);
  const int input = input_like_output(call);
  if (input < 0) return call.gradient();
  const auto i = static_cast<std::size_t>(input);
  std::vector<Tensor> multipliers = call.gradient();
  const Tensor change = call.relevance[0] * (call.output().detach() - reference.outputs[0].detach());
  multipliers[i] = per_difference(change, call.input(i).detach(), reference.inputs[i].detach(), multipliers[i]);
  return multipliers;
}

std::vector<Tensor> rescale_maximum(const RuleCall& call) {
  const Step& reference = reference_of(call);
  const Tensor y = call.output().detach();
  const Tensor y0 = reference.outputs[0].detach();
  const Tensor larger = at::maximum(y, y0);
  std::vector<Tensor> multipliers(call.step.inputs.size());
  const Tensor rise = vjp({call.step.outputs[0]}, call.step.inputs, {call.relevance[0] * (larger - y0)})[0];
  const Tensor fall = vjp({reference.outputs[0]}, reference.inputs, {call.relevance[0] * (y - larger)})[0];
  multipliers[0] = per_difference(rise + fall, call.input(0).detach(), reference.inputs[0].detach(), rise * 0);
  return multipliers;
}

std::vector<Tensor> average_orders(const RuleCall& call) {
  const Step& reference = reference_of(call);
  const std::vector<std::size_t> flowing = flowing_inputs(call);
  if (flowing.size() < 2) return call.gradient();
  std::vector<Tensor> multipliers(call.step.inputs.size());
  for (const std::size_t i : flowing) {
    const std::size_t other = flowing[i == flowing[0] ? 1 : 0];
    const Tensor mean = (call.input(other).detach() + reference.inputs[other].detach()) / 2;
    multipliers[i] = reduce_to(call.relevance[0] * mean, call.input(i));
  }
  return multipliers;
}

bool is_element_wise(const Graph& graph, const Node& node, const Options&) {
  return node.op->kind == Kind::rectifier || node.op->kind == Kind::activation || is_rectifier(graph, node);
}

bool rescales_maxima(const Graph&, const Node& node, const Options& options) {
  return node.op->kind == Kind::max_pool && options.text("max_pool") == "rescale";
}

bool is_product(const Graph&, const Node& node, const Options&) { return node.op->onnx == "Mul"; }

constexpr RecipeRow rows[] = {
    {is_element_wise, rescale, "ReLU and other non-linearities: change of the output over change of the input"},
    {rescales_maxima, rescale_maximum, "max-pooling with max_pool=rescale: the change, to the winner that made it"},
    {is_product, average_orders, "products of two values: the mean of the other factor and its reference"}};

constexpr Option options[] = {
    {"max_pool", OptionType::choice, "winner", "winner|rescale",
     "Gives max-pooling its gradient, to the picture's winner, or the rule that keeps the sum to the change."}};

std::string remark_on_the_rest(const Graph& graph) {
  const auto others = std::count_if(graph.nodes().begin(), graph.nodes().end(), [&](const Node& node) {
    const bool quotient = node.op->onnx == "Div" && count_variable_inputs(graph, node) > 1;
    return node.op->kind == Kind::normalisation || quotient;
  });
  if (others == 0) return {};
  return std::to_string(others) + " normalisations of this network have no rescale rule and keep their gradient";
}

}  // namespace

extern constinit const Recipe descriptor{
    .name = "deeplift",
    .sentence = "Multipliers that share out the change from a reference among the inputs (rescale rule).",
    .paper =
        "Shrikumar, Greenside, Kundaje 2017, Learning Important Features Through Propagating Activation "
        "Differences (arXiv:1704.02685)",
    .rows = rows,
    .options = options,
    .remark = remark_on_the_rest};

}  // namespace fovea::rules::deeplift

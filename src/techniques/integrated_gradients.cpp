// Integrated gradients along the straight line from a baseline x' to the picture x:
// R = (x - x') * integral over a in [0,1] of dy/dx (x' + a (x - x')). Sundararajan, Taly, Yan 2017, equation 1.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros_like.h>

#include "core/fill.h"
#include "core/quadrature.h"
#include "techniques/common.h"

namespace fovea::techniques::integrated_gradients {
namespace {

Quadrature rule_of(const Options& options) {
  const std::string& name = options.text("rule");
  const std::int64_t steps = options.integer("steps");
  Quadrature rule = quadrature(name, steps);
  if (name == "trapezoid" && !options.flag("normalise") && steps > 1) {
    const double n = static_cast<double>(steps);
    for (double& weight : rule.weights) weight *= (n - 1) / n;
  }
  return rule;
}

Tensor column(const std::vector<double>& numbers, std::size_t begin, std::size_t count, const Tensor& like) {
  Tensor copy =
      at::from_blob(const_cast<double*>(numbers.data() + begin), {static_cast<std::int64_t>(count)}, at::kDouble)
          .clone();
  Shape shape(static_cast<std::size_t>(like.dim()), 1);
  shape[0] = -1;
  return copy.to(like.options()).reshape(shape);
}

/// Sums the weighted gradients along the line, micro-batch by micro-batch: memory does not grow with the steps.
Tensor integrate(const Question& question, const Model& model, const Tensor& baseline, const Tensor& line,
                 const Quadrature& rule) {
  const auto batch = static_cast<std::size_t>(batch_limit(model.graph, micro_batch));
  Tensor sum = at::zeros_like(line);
  for (std::size_t begin = 0; begin < rule.nodes.size(); begin += batch) {
    question.report(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(rule.nodes.size()));
    const std::size_t count = std::min(batch, rule.nodes.size() - begin);
    const Tensor inputs = baseline + column(rule.nodes, begin, count, line) * line;
    const Tensor gradients = gradient_at(model, inputs, question.objective, micro_batch);
    sum = sum + (gradients * column(rule.weights, begin, count, line)).sum(0, true);
  }
  return sum;
}

at::ScalarType precision_of(const Question& question) {
  const std::string& precision = question.options.text("precision");
  if (precision == "auto") return question.subject.input().scalar_type();
  return precision == "float64" ? at::kDouble : at::kFloat;
}

/// How far the map's sum is from what it should be, and why.
struct Completeness {
  double error = 0;
  double gained = 0;    ///< the objective's change along the line
  double rounding = 0;  ///< how much of the error rounding can be
};

/// What lowers an error that is worth speaking of; empty for others.
std::string remark_on(const Completeness& found, at::ScalarType type) {
  constexpr double worth_a_word = 0.05;  // within which Sundararajan et al. (section 5) want the sum to be
  if (std::abs(found.error) <= worth_a_word * std::abs(found.gained)) return {};
  char missed[120];
  std::snprintf(missed, sizeof missed, "the sum misses the objective's change of %.3g by %.2g", found.gained,
                std::abs(found.error));
  const std::string remark = missed;
  if (type == at::kDouble) return remark + ": more steps would help";
  return std::abs(found.error) > found.rounding
             ? remark + ", more than rounding can: more steps would help, --precision float64 would not"
             : remark + ", as rounding can: --precision float64 would help, and more steps where it does not";
}

Map explain_integrated_gradients(const Question& question) {
  const Subject& subject = question.subject;
  const ValueId at = read_at(question, input_of(question));
  if (at != input_of(question)) {
    throw Error(ErrorKind::usage,
                "integrated_gradients is read at the network's input, found --at '" + question.at + "'");
  }
  const at::ScalarType type = precision_of(question);
  const Model model{.path = {}, .hash = {}, .graph = to_type(subject.graph(), type), .card = subject.model().card};
  const Tensor input = subject.input().to(type);
  const Tensor baseline = filled_like(input, model.card, question.options.text("baseline"), question.seed);
  const Tensor line = input - baseline;
  const Tensor attribution = integrate(question, model, baseline, line, rule_of(question.options)) * line;
  Map map = signed_map(question, attribution, at);
  const double reached = evaluate(model, input, question.objective).item<double>();
  const double begun = evaluate(model, baseline, question.objective).item<double>();
  const double total = attribution.sum().item<double>();
  const double size = attribution.abs().sum().item<double>() + std::abs(reached) + std::abs(begun);
  // Measured, float32 and float64 differ by 0.1 to 13 epsilons of that size, and by 130 where the trapezoid's first
  // node is an even picture that lies on kinks (MobileNet v2).
  constexpr double margin = 200;
  const Completeness found{.error = total - (reached - begun),
                           .gained = reached - begun,
                           .rounding = margin * std::numeric_limits<float>::epsilon() * size};
  map.figures.emplace_back("sum", total);
  map.figures.emplace_back("objective_minus_baseline", found.gained);
  map.figures.emplace_back("completeness_error", found.error);
  if (std::string remark = remark_on(found, type); !remark.empty()) map.notes.push_back(std::move(remark));
  return map;
}

constexpr Option options[] = {
    {"steps", OptionType::integer, "50", "1..100000", "Sets how many gradients are taken along the line."},
    {"rule", OptionType::choice, "gauss_legendre", "midpoint|trapezoid|gauss_legendre",
     "Says where along the line they are taken, and how they are weighted."},
    {"baseline", OptionType::choice, "mean", fills, "Says what picture the line starts from."},
    {"precision", OptionType::choice, "auto", "auto|float32|float64",
     "Says how exactly the gradients are computed; auto is as the network is: float32, or what --precision says."},
    {"normalise", OptionType::boolean, "true", "",
     "Says whether the trapezoid's weights sum to 1; Captum's sum to 1 - 1/steps."}};

constexpr Setting captum[] = {{"normalise", "false"}};
constexpr Preset presets[] = {
    {"captum", "Captum's nodes and weights, whose trapezoid falls short by 1/steps.", captum}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "integrated_gradients",
    .sentence = "Shares the whole change of the objective from a baseline to the picture among the pixels.",
    .paper = "Sundararajan, Taly, Yan 2017, Axiomatic Attribution for Deep Networks (arXiv:1703.01365), equation 1",
    .details =
        "The map sums to the objective's change (completeness) up to the integration's error, which is printed. The "
        "line crosses thousands of kinks of ReLUs, and float32 falls on the wrong side of some: the map differs from "
        "float64's by 1e-4 to 1e-3 of its norm, its sum far less. The default baseline is 0 in the network's units: "
        "the mean picture where a mean was subtracted.",
    .options = options,
    .presets = presets,
    .cost = Cost::runs,
    .explain = explain_integrated_gradients};

}  // namespace fovea::techniques::integrated_gradients

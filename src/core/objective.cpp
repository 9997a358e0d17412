// Objectives: expression trees over terms, evaluated on a run's values; their gradients seed walks.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/objective.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include <fovea/error.h>

namespace fovea {

namespace objectives {
std::span<const ObjectiveKind* const> all();
}

std::span<const ObjectiveKind* const> all_objectives() { return objectives::all(); }

struct Objective::Expression {
  char operation;  // 'n' number, 't' term, '+', '-', '*', '~' negation
  double number = 0;
  const ObjectiveKind* kind = nullptr;
  std::vector<std::string> arguments;
  std::shared_ptr<const Expression> left;
  std::shared_ptr<const Expression> right;
};

namespace {

using Expression = Objective::Expression;
using Pointer = std::shared_ptr<const Expression>;
using ValueOf = std::function<Tensor(ValueId)>;

bool needs_quotes(const std::string& argument) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' || c == ':';
  };
  return argument.empty() || !std::all_of(argument.begin(), argument.end(), plain);
}

std::string quoted(const std::string& argument) {
  if (!needs_quotes(argument)) return argument;
  std::string text = "\"";
  for (const char c : argument) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

std::string text_of(const Expression& e) {
  const auto factor = [](const Expression& operand) {
    const bool sum = operand.operation == '+' || operand.operation == '-';
    return sum ? "(" + text_of(operand) + ")" : text_of(operand);
  };
  switch (e.operation) {
    case 'n': return number_text(e.number);
    case 't': {
      std::string text = std::string(e.kind->name) + "(";
      for (std::size_t i = 0; i < e.arguments.size(); ++i) text += (i > 0 ? "," : "") + quoted(e.arguments[i]);
      return text + ")";
    }
    case '~': return "-" + factor(*e.left);
    case '*': return factor(*e.left) + " * " + factor(*e.right);
    case '-': return text_of(*e.left) + " - " + factor(*e.right);
    default: return text_of(*e.left) + " + " + text_of(*e.right);
  }
}

void collect_taps(const Expression& e, const Graph& graph, std::vector<ValueId>& taps) {
  if (e.operation == 't') {
    const ValueId tap = e.kind->tap(graph, e.arguments);
    if (std::find(taps.begin(), taps.end(), tap) == taps.end()) taps.push_back(tap);
  }
  if (e.left) collect_taps(*e.left, graph, taps);
  if (e.right) collect_taps(*e.right, graph, taps);
}

void collect_targets(const Expression& e, const Graph& graph, std::vector<Target>& targets) {
  if (e.operation == 't') {
    const ValueId tap = e.kind->targets != 0 ? e.kind->tap(graph, e.arguments) : no_value;
    for (std::size_t i = 0; i < e.arguments.size(); ++i) {
      if ((e.kind->targets >> i & 1U) == 0) continue;
      const auto same = [&](const Target& known) { return known.name == e.arguments[i] && known.value == tap; };
      if (std::none_of(targets.begin(), targets.end(), same)) targets.push_back({e.arguments[i], tap});
    }
  }
  if (e.left) collect_targets(*e.left, graph, targets);
  if (e.right) collect_targets(*e.right, graph, targets);
}

/// A number, or one number per picture.
struct Result {
  double number = 0;
  Tensor tensor;
};

Result combine(char operation, const Result& a, const Result& b) {
  if (!a.tensor.defined() && !b.tensor.defined()) {
    const double value = operation == '+'   ? a.number + b.number
                         : operation == '-' ? a.number - b.number
                                            : a.number * b.number;
    return {value, {}};
  }
  const Tensor left = a.tensor.defined() ? a.tensor : at::full({1}, a.number, b.tensor.options());
  const Tensor right = b.tensor.defined() ? b.tensor : at::full({1}, b.number, a.tensor.options());
  if (operation == '+') return {0, left + right};
  if (operation == '-') return {0, left - right};
  return {0, left * right};
}

/// What an expression is evaluated on.
struct Evaluated {
  const Graph& graph;
  const Card& card;
  const ValueOf& value;
  const Targets* targets;
};

Result evaluate_tree(const Expression& e, const Evaluated& on) {
  switch (e.operation) {
    case 'n': return {e.number, {}};
    case 't': {
      const ValueId tap = e.kind->tap(on.graph, e.arguments);
      const Tensor tapped = on.value(tap);
      return {0, e.kind->evaluate({on.graph, on.card, e.arguments, tapped, tap, on.targets})};
    }
    case '~': return combine('*', {-1, {}}, evaluate_tree(*e.left, on));
    default: return combine(e.operation, evaluate_tree(*e.left, on), evaluate_tree(*e.right, on));
  }
}

Pointer pinned_tree(const Pointer& e, const Trace& trace, const Card& card) {
  Expression copy = *e;
  if (copy.operation == 't' && copy.kind->pin != nullptr) {
    const Graph& graph = trace.graph();
    const ValueId tap = copy.kind->tap(graph, e->arguments);
    copy.arguments = copy.kind->pin({graph, card, e->arguments, trace.value(tap), tap});
  }
  if (copy.left) copy.left = pinned_tree(copy.left, trace, card);
  if (copy.right) copy.right = pinned_tree(copy.right, trace, card);
  return std::make_shared<const Expression>(std::move(copy));
}

Pointer node(char operation, Pointer left, Pointer right = nullptr) {
  Expression e{.operation = operation};
  e.left = std::move(left);
  e.right = std::move(right);
  return std::make_shared<const Expression>(std::move(e));
}

}  // namespace

void Targets::set(const std::string& name, ValueId value, Tensor tensor) {
  values_.insert_or_assign({name, value}, std::move(tensor));
}

const Tensor& Targets::at(const std::string& name, ValueId value) const {
  const auto found = values_.find({name, value});
  if (found != values_.end()) return found->second;
  throw Error(ErrorKind::usage, "nothing is known of the target '" + name + "' that an objective compares with",
              "name its picture, e.g. --target " + name + "=photo.jpg");
}

const Tensor& ObjectiveCall::target(std::size_t i) const {
  static const Targets none;
  return (targets != nullptr ? *targets : none).at(arguments[i], tap);
}

Objective::Objective(double number) {
  Expression e{.operation = 'n'};
  e.number = number;
  expression_ = std::make_shared<const Expression>(std::move(e));
}

Objective::Objective(const ObjectiveKind& kind, std::vector<std::string> arguments) {
  if (arguments.size() < kind.least_arguments || arguments.size() > kind.most_arguments) {
    throw Error(ErrorKind::usage,
                "objective '" + std::string(kind.name) + "' takes (" + std::string(kind.arguments) + "), found " +
                    std::to_string(arguments.size()) + " arguments",
                std::string(kind.sentence));
  }
  Expression e{.operation = 't'};
  e.kind = &kind;
  e.arguments = std::move(arguments);
  expression_ = std::make_shared<const Expression>(std::move(e));
}

Objective operator+(const Objective& a, const Objective& b) {
  return Objective(node('+', a.expression_, b.expression_));
}
Objective operator-(const Objective& a, const Objective& b) {
  return Objective(node('-', a.expression_, b.expression_));
}
Objective operator*(const Objective& a, const Objective& b) {
  return Objective(node('*', a.expression_, b.expression_));
}
Objective operator-(const Objective& a) { return Objective(node('~', a.expression_)); }

std::string Objective::text() const { return text_of(*expression_); }

std::vector<ValueId> Objective::taps(const Graph& graph) const {
  std::vector<ValueId> taps;
  collect_taps(*expression_, graph, taps);
  return taps;
}

std::vector<Target> Objective::targets(const Graph& graph) const {
  std::vector<Target> targets;
  collect_targets(*expression_, graph, targets);
  return targets;
}

Tensor Objective::evaluate(const Graph& graph, const Card& card, const ValueOf& value, const Targets* targets) const {
  const Result result = evaluate_tree(*expression_, {graph, card, value, targets});
  if (result.tensor.defined()) return result.tensor;
  throw Error(ErrorKind::usage, "objective '" + text() + "' reads nothing of the network");
}

Objective Objective::pinned(const Trace& trace, const Card& card) const {
  return Objective(pinned_tree(expression_, trace, card));
}

std::optional<std::int64_t> Objective::asked_class() const {
  if (expression_->operation != 't' || expression_->kind->name != "logit") return std::nullopt;
  const std::string& text = expression_->arguments.front();
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

namespace {

Objective of_class(std::string_view name, std::int64_t index) {
  for (const ObjectiveKind* kind : all_objectives()) {
    if (kind->name == name) return {*kind, {std::to_string(index)}};
  }
  throw Error(ErrorKind::internal, "objective '" + std::string(name) + "' is missing from the table");
}

}  // namespace

Objective logit(std::int64_t index) { return of_class("logit", index); }

Objective probability(std::int64_t index) { return of_class("probability", index); }

Seeds seed(const Trace& trace, const Objective& objective, const Card& card, const Targets* targets) {
  c10::AutoGradMode grad(true);
  std::vector<ValueId> taps = objective.taps(trace.graph());
  std::vector<Tensor> leaves;
  for (const ValueId tap : taps) leaves.push_back(trace.value(tap).detach().requires_grad_());
  const Tensor total = objective
                           .evaluate(
                               trace.graph(), card,
                               [&](ValueId value) {
                                 const auto found = std::find(taps.begin(), taps.end(), value);
                                 return leaves[static_cast<std::size_t>(found - taps.begin())];
                               },
                               targets)
                           .sum();
  const std::vector<Tensor> gradients = vjp({total}, leaves, {at::full({}, 1.0, total.options())});
  Seeds seeds;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    if (gradients[i].defined()) seeds.push_back({taps[i], gradients[i]});
  }
  return seeds;
}

std::int64_t batch_limit(const Graph& graph, std::int64_t wanted) {
  const Shape& declared = graph.value(graph.inputs().front()).declared;
  return !declared.empty() && declared[0] > 0 ? std::min(declared[0], wanted) : wanted;
}

namespace {

Tensor evaluate_run(const Trace& trace, const Model& model, const Objective& objective) {
  return objective.evaluate(model.graph, model.card, [&](ValueId value) { return trace.value(value); });
}

}  // namespace

Tensor evaluate(const Model& model, const Tensor& inputs, const Objective& objective, std::int64_t batch) {
  c10::AutoGradMode no_grad(false);
  const std::int64_t limit = batch_limit(model.graph, batch);
  std::vector<Tensor> values;
  for (std::int64_t begin = 0; begin < inputs.size(0); begin += limit) {
    const Tensor part = inputs.narrow(0, begin, std::min(limit, inputs.size(0) - begin));
    const Trace trace =
        run(model.graph, part, {.tape = Tape::none, .keep = KeepValues::none, .until = objective.taps(model.graph)});
    values.push_back(evaluate_run(trace, model, objective));
  }
  return at::cat(values);
}

Tensor gradient_at(const Model& model, const Tensor& inputs, const Objective& objective, std::int64_t batch,
                   Tensor* values) {
  c10::AutoGradMode grad(true);
  const std::int64_t limit = batch_limit(model.graph, batch);
  std::vector<Tensor> gradients;
  std::vector<Tensor> objectives;
  for (std::int64_t begin = 0; begin < inputs.size(0); begin += limit) {
    const Tensor leaf =
        inputs.narrow(0, begin, std::min(limit, inputs.size(0) - begin)).detach().clone().requires_grad_();
    const Trace trace =
        run(model.graph, leaf, {.tape = Tape::whole, .keep = KeepValues::none, .until = objective.taps(model.graph)});
    const Tensor each = evaluate_run(trace, model, objective);
    const Tensor total = each.sum();
    const Tensor gradient = vjp({total}, {leaf}, {at::full({}, 1.0, total.options())})[0];
    gradients.push_back(gradient.defined() ? gradient : leaf.detach() * 0);
    objectives.push_back(each.detach());
  }
  if (values != nullptr) *values = at::cat(objectives);
  return at::cat(gradients);
}

}  // namespace fovea

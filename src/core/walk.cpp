// The backward walk: nodes in reverse order, each by the first row of the recipe that matches it, else by the gradient
// of its op; relevance is summed where a value is read more than once.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/walk.h>

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

#include <fovea/error.h>

namespace fovea {

namespace rules {
std::span<const Recipe* const> all();
}

namespace {

const RecipeRow* row_for(const Recipe& recipe, const Graph& graph, const Node& node, const Options& options) {
  for (const RecipeRow& row : recipe.rows) {
    if (row.matches(graph, node, options)) return &row;
  }
  return nullptr;
}

std::vector<Tensor> apply(const Recipe& recipe, const RuleCall& call) {
  try {
    const RecipeRow* row = row_for(recipe, call.graph, call.node, call.options);
    return row == nullptr ? call.gradient() : row->rule(call);
  } catch (const c10::Error& error) {
    std::string reason = error.what_without_backtrace();
    throw Error(ErrorKind::internal, "walking back through node '" + call.node.name + "' (" +
                                         std::string(call.node.op->onnx) + ") by recipe " + std::string(recipe.name) +
                                         ": " + reason.substr(0, reason.find('\n')));
  }
}

}  // namespace

std::vector<Tensor> RuleCall::gradient() const { return vjp(step.outputs, step.inputs, relevance); }

std::vector<Tensor> RuleCall::gradient(const Tensor& relevance_of_output) const {
  return vjp({step.outputs[0]}, step.inputs, {relevance_of_output});
}

std::span<const Recipe* const> all_recipes() { return rules::all(); }

const Recipe& find_recipe(std::string_view name) {
  std::vector<std::string> known;
  for (const Recipe* recipe : all_recipes()) {
    if (recipe->name == name) return *recipe;
    known.emplace_back(recipe->name);
  }
  throw Error(ErrorKind::usage, "there is no recipe '" + std::string(name) + "'", did_you_mean(name, known));
}

Tensor Relevance::at(ValueId value) const {
  if (!kept_[value]) {
    throw Error(ErrorKind::usage, "the walk did not keep the relevance at '" + trace_->graph().name(value) + "'",
                "name it among the values to keep");
  }
  const Tensor& tensor = values_[value];
  return tensor.defined() ? tensor : at::zeros_like(trace_->value(value));
}

Relevance walk(const Trace& trace, const Seeds& seeds, const Recipe& recipe, const WalkOptions& options) {
  const Graph& graph = trace.graph();
  if (trace.tape() != Tape::per_op) {
    throw Error(ErrorKind::usage, "a walk needs a run that was taped per op",
                "run with RunOptions{.tape = Tape::per_op}");
  }
  if (options.reference != nullptr &&
      (&options.reference->graph() != &graph || options.reference->tape() != Tape::per_op)) {
    throw Error(ErrorKind::usage, "a walk's reference is a run of the same graph, taped per op");
  }
  const Options defaults = options.recipe == nullptr ? Options(recipe.name, recipe.options) : Options{};
  const Options& recipe_options = options.recipe == nullptr ? defaults : *options.recipe;

  Relevance relevance;
  relevance.trace_ = &trace;
  relevance.values_.resize(graph.values().size());
  relevance.kept_.assign(graph.values().size(), options.keep_all);
  const std::vector<ValueId> kept = options.keep.empty() ? std::vector{graph.inputs().front()} : options.keep;
  for (const ValueId value : kept) relevance.kept_[value] = true;
  const ValueSet leads = graph.descendants(kept);  // through whose producers the walk must go

  std::vector<Tensor>& values = relevance.values_;
  const auto add = [&](ValueId value, const Tensor& more) {
    Tensor& sum = values[value];
    sum = sum.defined() ? sum + more : more;
  };
  for (const Seed& start : seeds) add(start.value, start.relevance);

  c10::AutoGradMode no_grad(false);
  for (std::size_t n = graph.nodes().size(); n-- > 0;) {
    const Node& node = graph.nodes()[n];
    std::vector<Tensor> at_outputs;
    bool any = false;
    for (const ValueId output : node.outputs) {
      at_outputs.push_back(output == no_value ? Tensor{} : values[output]);
      any = any || at_outputs.back().defined();
    }
    const bool wanted = std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) {
      return input != no_value && (options.keep_all || leads.has(input)) && !graph.is_constant(input);
    });
    if (any && wanted && node.op->kind != Kind::constant) {
      const auto id = static_cast<NodeId>(n);
      const Step* reference = options.reference == nullptr ? nullptr : &options.reference->step(id);
      const RuleCall call{graph, node, trace.step(id), at_outputs, recipe_options, reference};
      if (call.step.outputs.empty()) throw Error(ErrorKind::internal, "the run did not reach node '" + node.name + "'");
      const std::vector<Tensor> at_inputs = apply(recipe, call);
      for (std::size_t i = 0; i < node.inputs.size() && i < at_inputs.size(); ++i) {
        if (node.inputs[i] == no_value || graph.is_constant(node.inputs[i])) continue;
        if (at_inputs[i].defined()) add(node.inputs[i], at_inputs[i]);
      }
    }
    for (const ValueId output : node.outputs) {  // nothing reads it any more
      if (output != no_value && !relevance.kept_[output]) values[output] = Tensor{};
    }
  }
  return relevance;
}

}  // namespace fovea

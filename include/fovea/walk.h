// Walking a run backward: relevance at a node's output becomes relevance at each input, by a table of rules.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/objective.h>
#include <fovea/options.h>
#include <fovea/trace.h>

namespace FOVEA_API fovea {

/// What a rule sees: the node, its inputs and outputs in this run, the relevance at each output (undefined: none).
struct RuleCall {
  const Graph& graph;
  const Node& node;
  const Step& step;
  const std::vector<Tensor>& relevance;
  const Options& options;
  const Step* reference = nullptr;  ///< the node's run on the reference, where the walk has one

  /// Returns input `i` of the run.
  const Tensor& input(std::size_t i) const { return step.inputs[i]; }
  /// Returns output `i` of the run.
  const Tensor& output(std::size_t i = 0) const { return step.outputs[i]; }
  /// Returns the default rule's answer: the vector-Jacobian product of this one op.
  std::vector<Tensor> gradient() const;
  /// Returns the same for another relevance at the first output.
  std::vector<Tensor> gradient(const Tensor& relevance_of_output) const;
};

/// Turns relevance at the outputs into relevance at each input (undefined: none).
using Rule = std::vector<Tensor> (*)(const RuleCall&);

/// One row of a recipe: the first row that matches a node rules it.
struct RecipeRow {
  bool (*matches)(const Graph&, const Node&, const Options&);
  Rule rule;
  std::string_view says;  ///< what the row does, for the docs
};

/// A way for relevance to flow back: ordered rows; nodes that none matches take the gradient of their op.
struct Recipe {
  std::string_view name;
  std::string_view sentence;
  std::string_view paper;
  std::string_view details = {};  ///< a paragraph: formula, conventions, limits
  std::span<const RecipeRow> rows = {};
  std::span<const Option> options = {};
  std::span<const Preset> presets = {};
  /// The recipe is defined for convolutions without batch norm behind them: it is folded first.
  bool folds_batch_norm = false;
  /// Tells what the recipe lacks on this graph ("has no ReLU: equals the gradient"), or "" when all is well.
  std::string (*remark)(const Graph&) = nullptr;
  /// Relevance by this recipe, begun with the objective's terms themselves, is an attribution: there is a technique of
  /// the same name.
  bool relevance = false;
};

/// Returns every recipe, sorted by name.
std::span<const Recipe* const> all_recipes();
/// Finds a recipe; throws `Error(usage)` offering near names.
const Recipe& find_recipe(std::string_view name);

/// Relevance at the kept values of one walk.
class Relevance {
 public:
  /// Returns the relevance at a value; zeros where the walk did not reach it; throws `Error(usage)` when not kept.
  Tensor at(ValueId value) const;
  /// Tells whether any relevance reached a value.
  bool reached(ValueId value) const { return values_[value].defined(); }

 private:
  friend Relevance walk(const Trace& trace, const Seeds& seeds, const Recipe& recipe,
                        const struct WalkOptions& options);
  const Trace* trace_ = nullptr;
  std::vector<bool> kept_;
  std::vector<Tensor> values_;
};

/// Choices of a walk.
struct WalkOptions {
  std::vector<ValueId> keep;         ///< values whose relevance is wanted; empty: the graph's first input
  bool keep_all = false;             ///< keep the relevance at every value
  const Options* recipe = nullptr;   ///< the recipe's options; null: its defaults
  const Trace* reference = nullptr;  ///< a run of the same graph on a reference, for recipes that compare with one
};

/// Walks a run (taped per op) backward from the seeds; relevance is summed at fan-out. Stops where nothing more is
/// wanted. Throws `Error(usage)` when the trace has no per-op tape. The trace must outlive the relevance.
Relevance walk(const Trace& trace, const Seeds& seeds, const Recipe& recipe, const WalkOptions& options = {});
Relevance walk(const Trace&& trace, const Seeds& seeds, const Recipe& recipe, const WalkOptions& options = {}) = delete;

}  // namespace fovea

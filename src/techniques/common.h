// What several techniques share: where a map is read, walking there, drawing choices.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/error.h>
#include <fovea/technique.h>
#include <fovea/walk.h>

#include "core/places.h"

namespace fovea::techniques {

/// Returns the name of a value.
inline std::string name_of(const Graph& graph, ValueId value) {
  return graph.values()[static_cast<std::size_t>(value)].name;
}

/// Returns the value that the user named, or `otherwise`.
inline ValueId read_at(const Question& question, ValueId otherwise) {
  return question.at.empty() ? otherwise : question.subject.graph().at(question.at);
}

/// Returns the network's input.
inline ValueId input_of(const Question& question) { return question.subject.graph().inputs().front(); }

/// Walks from seeds to one value and returns the relevance there, [1,...]; throws `Error(usage)` when nothing of the
/// objective depends on that value.
inline Tensor walk_to(const Question& question, const Trace& trace, const Seeds& seeds, const Recipe& recipe,
                      ValueId at, const Options* recipe_options = nullptr) {
  const Relevance relevance = walk(trace, seeds, recipe, {.keep = {at}, .recipe = recipe_options});
  if (!relevance.reached(at)) {
    throw Error(ErrorKind::usage,
                "objective " + question.objective.text() + " does not depend on '" + name_of(trace.graph(), at) + "'",
                "read the map at a value before the one the objective is taken at");
  }
  return relevance.at(at);
}

/// As above, from the gradient seeds of the question's objective.
inline Tensor walk_to(const Question& question, const Trace& trace, const Recipe& recipe, ValueId at) {
  return walk_to(question, trace, seed(trace, question.objective, question.subject.model().card), recipe, at);
}

/// Returns the recipe's options out of a technique's own, which carry the same names.
inline Options recipe_options(const Recipe& recipe, const Options& options) {
  Settings settings;
  for (const Option& option : recipe.options) {
    const std::string name(option.name);
    if (options.has(name)) settings[name] = options.text(name);
  }
  return Options(recipe.name, recipe.options, {}, {}, settings);
}

/// Adds the recipe's remark on the network to the notes, if it has one.
inline void add_remark(Map& map, const Recipe& recipe, const Graph& graph) {
  if (recipe.remark == nullptr) return;
  if (std::string remark = recipe.remark(graph); !remark.empty()) map.notes.push_back(std::move(remark));
}

/// Makes the map of a signed quantity of one picture, [C,H,W] or [C].
inline Map signed_map(const Question& question, const Tensor& relevance, ValueId at) {
  const bool picture = relevance.dim() == 4 && (relevance.size(1) == 3 || relevance.size(1) == 1);
  return {.values = relevance[0],
          .drawing = picture ? Drawing::signed_rgb : Drawing::signed_heat,
          .at = name_of(question.subject.graph(), at)};
}

}  // namespace fovea::techniques

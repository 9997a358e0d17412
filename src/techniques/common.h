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

/// Pictures that a technique which samples runs at once: their memory is all that its samples take, for larger batches
/// are hardly faster on a processor.
inline constexpr std::int64_t micro_batch = 8;

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
                "objective " + question.objective.text() + " does not depend on '" + trace.graph().name(at) + "'",
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

/// Throws unless the network's input is a picture [1,C,H,W] and the map is read there: what a technique that covers
/// pixels needs.
inline void require_picture(const Question& question, std::string_view technique) {
  const Tensor& input = question.subject.input();
  if (input.dim() != 4) {
    throw Error(ErrorKind::usage, std::string(technique) + " needs a picture [1,C,H,W] as input, found " +
                                      std::to_string(input.dim()) + " axes");
  }
  if (read_at(question, input_of(question)) != input_of(question)) {
    throw Error(ErrorKind::usage,
                std::string(technique) + " covers the network's input, found --at '" + question.at + "'");
  }
}

inline constexpr Option score_option{
    "score", OptionType::choice, "probability", "probability|objective",
    "Scores by the softmax probability where the objective is a class's logit, as the paper does, or by the objective "
    "itself."};

/// Returns what `score` asks for: a logit's probability, or the objective as it is.
inline Objective scored_objective(const Question& question) {
  const auto asked = question.objective.asked_class();
  return asked && question.options.text("score") == "probability" ? probability(*asked) : question.objective;
}

/// Makes the map of a signed quantity of one picture, [C,H,W] or [C].
inline Map signed_map(const Question& question, const Tensor& relevance, ValueId at) {
  const bool picture = relevance.dim() == 4 && (relevance.size(1) == 3 || relevance.size(1) == 1);
  return {.values = relevance[0],
          .drawing = picture ? Drawing::signed_rgb : Drawing::signed_heat,
          .at = question.subject.graph().name(at)};
}

}  // namespace fovea::techniques

// Layer-wise relevance propagation by any recipe: the start R_k = y_k, the folded run, the pixels' range.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/shared/relevance.h"

#include <algorithm>
#include <cstdio>

#include "techniques/common.h"

namespace fovea::techniques {
namespace {

constexpr Option batch_norm_option{
    "batch_norm", OptionType::choice, "fold", "fold|layer",
    "Says how batch norm is crossed: folded into the convolution before it where it can be, or as a layer of its own "
    "by the epsilon rule."};

/// Returns what a pixel of `level` (0..255) is in the network's units, "a,b,c"; empty where the card does not say.
std::string pixel_bound(const Card& card, double level) {
  if (!card.preprocess) return {};
  const Preprocess& p = *card.preprocess;
  std::string text;
  for (std::size_t c = 0; c < std::max<std::size_t>(p.channels == "GREY" ? 1 : 3, 1); ++c) {
    const double mean = c < p.mean.size() ? p.mean[c] : 0;
    const double deviation = c < p.std.size() ? p.std[c] : 1;
    char number[40];
    std::snprintf(number, sizeof number, "%.17g", (level * p.scale - mean) / deviation);
    text += (text.empty() ? "" : ",") + std::string(number);
  }
  return text;
}

/// Returns the objective's terms as relevance: the gradient at each tapped value times that value, so that a linear
/// objective's relevance sums to the objective.
Seeds as_relevance(const Trace& trace, Seeds seeds) {
  for (Seed& start : seeds) start.relevance = start.relevance * trace.value(start.value);
  return seeds;
}

Map relevance_map(const Question& question) {
  constexpr double black = 0;
  constexpr double white = 255;
  const Recipe& recipe = *question.recipe;
  const bool fold = question.options.text("batch_norm") == "fold";
  const Trace& trace = fold ? question.subject.folded_trace() : question.subject.trace();
  const Card& card = question.subject.model().card;
  Settings settings = recipe_options(recipe, question.options).all();
  if (settings.contains("low") && settings["low"].empty()) settings["low"] = pixel_bound(card, black);
  if (settings.contains("high") && settings["high"].empty()) settings["high"] = pixel_bound(card, white);
  const Options options(recipe.name, recipe.options, {}, {}, settings);

  const Seeds seeds = as_relevance(trace, seed(trace, question.objective, card));
  double start = 0;
  for (const Seed& one : seeds) start += one.relevance.sum().item<double>();
  const ValueId at = read_at(question, input_of(question));
  const Tensor relevance = walk_to(question, trace, seeds, recipe, at, &options);
  Map map = signed_map(question, relevance, at);
  map.drawing = Drawing::signed_heat;  // its channels sum to what a place contributes
  if (fold && &trace != &question.subject.trace()) {
    map.notes.emplace_back("batch norm folded into the convolutions before it");
  }
  add_remark(map, recipe, trace.graph());
  const double sum = relevance.sum().item<double>();
  map.figures.emplace_back("start", start);
  map.figures.emplace_back("sum", sum);
  map.figures.emplace_back("lost_to_biases", start - sum);
  return map;
}

/// A technique, and what it is made of.
struct Derived {
  explicit Derived(const Recipe& recipe) : options(recipe.options.begin(), recipe.options.end()) {
    options.push_back(batch_norm_option);
    technique = {.name = recipe.name,
                 .sentence = recipe.sentence,
                 .paper = recipe.paper,
                 .details = recipe.details,
                 .options = options,
                 .presets = recipe.presets,
                 .explain = relevance_map,
                 .recipe = &recipe};
  }
  Derived(const Derived&) = delete;
  Derived& operator=(const Derived&) = delete;

  std::vector<Option> options;
  Technique technique;
};

}  // namespace

const std::vector<const Technique*>& of_recipes() {
  static const std::vector<const Technique*> techniques = [] {
    std::vector<const Technique*> found;
    for (const Recipe* recipe : all_recipes()) {
      if (recipe->relevance) found.push_back(&(new Derived(*recipe))->technique);
    }
    return found;
  }();
  return techniques;
}

}  // namespace fovea::techniques

// What excitation backprop and its contrastive form share: the folded run, the normalised start, the place to read.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rules/excitation.h"
#include "techniques/common.h"

namespace fovea::techniques {

/// Everything one excitation walk needs.
struct ExcitationRun {
  const Trace& trace;
  Seeds seeds;
  const Recipe& recipe;
  Options options;
  ValueId at;
};

/// Returns the objective's seeds as probabilities: scaled so that the positive ones sum to 1.
inline Seeds as_probabilities(Seeds seeds) {
  double total = 0;
  for (const Seed& start : seeds) total += start.relevance.clamp_min(0).sum().item<double>();
  if (total <= 0) {
    throw Error(ErrorKind::usage,
                "excitation backprop needs an objective that asks for something: its seeds hold nothing "
                "positive",
                "negate the objective, or use contrastive_excitation");
  }
  for (Seed& start : seeds) start.relevance = start.relevance / total;
  return seeds;
}

/// Where maps are read unless told otherwise, as a stride: pool4 of VGG-16, layer3 of ResNet-50, as in the literature.
inline constexpr std::int64_t default_stride = 16;

inline ExcitationRun excitation_run(const Question& question) {
  const bool fold = question.options.text("batch_norm") == "fold";
  const Trace& trace = fold ? question.subject.folded_trace() : question.subject.trace();
  const Recipe& recipe = find_recipe("excitation");
  Seeds seeds = as_probabilities(seed(trace, question.objective, question.subject.model().card));
  const ValueId start = seeds.front().value;
  const ValueId at = read_at(question, last_bottleneck_at_stride(trace, start, default_stride));
  return {trace, std::move(seeds), recipe, recipe_options(recipe, question.options), at};
}

/// Sums over channels: [1,C,h,w] to [h,w]; other values stay as they are, [C].
inline Tensor sum_channels(const Tensor& relevance) { return relevance.dim() > 2 ? relevance[0].sum(0) : relevance[0]; }

/// Wraps a map up as the family's answer.
inline Map excitation_map(const Question& question, const ExcitationRun& run, const Tensor& values) {
  Map map{.values = values,
          .drawing = Drawing::heat,
          .at = run.trace.graph().name(run.at),
          .notes = {"read at '" + run.trace.graph().name(run.at) + "'"}};
  if (&run.trace != &question.subject.trace()) map.notes.push_back("batch norm folded into the convolutions before it");
  add_remark(map, run.recipe, run.trace.graph());
  map.figures.emplace_back("sum", values.sum().item<double>());
  return map;
}

inline constexpr Option excitation_options[] = {
    rules::residual_option,
    rules::negative_option,
    rules::unexcited_option,
    {"batch_norm", OptionType::choice, "fold", "fold|identity",
     "Says how batch norm is crossed: folded into the convolution before it where it can be, or passed unchanged."}};

inline constexpr Setting excitation_torchray[] = {
    {"residual", "proportional"}, {"negative", "raw"}, {"unexcited", "drop"}, {"batch_norm", "identity"}};
inline constexpr Preset excitation_presets[] = {
    {"torchray", "TorchRay: batch norm unchanged, raw rule for negative inputs, unexcited dropped.",
     excitation_torchray}};

}  // namespace fovea::techniques

// The deconvnet projection of units of any layer: all other activations of the layer are set to zero, then unpool,
// rectify, filter, down to the pixels (recipe `deconvnet`). Zeiler and Fergus 2014, section 2.1.
// Which units: those that the objective reads, `neuron(conv5,17,strongest)` one unit, `value(conv5,17)` a whole map,
// `value(conv5)` a whole layer.
// SPDX-License-Identifier: Apache-2.0
#include "rules/deconvnet.h"
#include "techniques/common.h"

namespace fovea::techniques::deconvnet {
namespace {

/// The units' own activations take the place of the ones that the objective's gradient holds.
Seeds start_with_activations(const Trace& trace, Seeds seeds) {
  for (Seed& start : seeds) start.relevance = start.relevance * trace.value(start.value);
  return seeds;
}

Map explain_deconvnet(const Question& question) {
  const ValueId at = read_at(question, input_of(question));
  const Trace& trace = question.subject.trace();
  const Recipe& recipe = find_recipe("deconvnet");
  const Options options = recipe_options(recipe, question.options);
  Seeds seeds = seed(trace, question.objective, question.subject.model().card);
  if (question.options.text("start") == "activation") seeds = start_with_activations(trace, std::move(seeds));
  Map map = signed_map(question, walk_to(question, trace, seeds, recipe, at, &options), at);
  add_remark(map, recipe, question.subject.graph());
  return map;
}

constexpr Option options[] = {
    rules::unpool_option,
    rules::lrn_option,
    {"start", OptionType::choice, "activation", "activation|one",
     "Says what the walk starts with at the chosen units: their activations, as the paper does, or one."}};

constexpr Setting zf2014[] = {{"unpool", "place"}, {"lrn", "derivative"}, {"start", "activation"}};
constexpr Setting captum[] = {{"unpool", "sum"}, {"lrn", "derivative"}, {"start", "one"}};
constexpr Preset presets[] = {
    {"zf2014", "The paper: values are placed at the switches, starting with the activation.", zf2014},
    {"captum", "Captum's Deconvolution: the gradient of max-pooling, starting with one.", captum}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "deconvnet",
    .sentence = "Projects what made units fire back to the pixels: unpool, rectify, filter.",
    .paper = "Zeiler, Fergus 2014, Visualizing and Understanding Convolutional Networks (arXiv:1311.2901), section 2.1",
    .details =
        "Choose the units by the objective: neuron(VALUE,K,strongest) is the strongest unit of a map, "
        "neuron(VALUE,K,Y,X) a given one, value(VALUE,K) a whole map, value(VALUE) a whole layer. The last result "
        "is not rectified, so it is signed and drawn about grey. The paper is silent on contrast normalisation.",
    .options = options,
    .presets = presets,
    .sensitivity = true,
    .explain = explain_deconvnet};

}  // namespace fovea::techniques::deconvnet

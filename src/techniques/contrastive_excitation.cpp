// Contrastive excitation backprop (c-MWP): the winning probability of the class minus that of its opposite, which is
// the same classifier with its weights negated, both taken where the classifier reads; the difference flows on to where
// the map is read, is summed over channels and clamped at 0. Zhang et al. 2016, section 3.3. SPDX-License-Identifier:
// Apache-2.0
#include "techniques/excitation.h"

namespace fovea::techniques::contrastive_excitation {
namespace {

/// Returns the name of the first linear layer that reads a value: the classifier that is negated.
std::string linear_reader(const Graph& graph, ValueId value) {
  for (const NodeId consumer : graph.value(value).consumers) {
    const Node& node = graph.node(consumer);
    if (node.op->kind == Kind::linear) return node.name;
    if (node.outputs[0] == no_value) continue;
    if (std::string found = linear_reader(graph, node.outputs[0]); !found.empty()) return found;
  }
  return {};
}

Options with_opposite(const Recipe& recipe, const Options& options, const std::string& node) {
  Settings settings = options.all();
  settings["opposite"] = node;
  return Options(recipe.name, recipe.options, {}, {}, settings);
}

ValueId contrast_value(const Question& question, const ExcitationRun& run) {
  const std::string& named = question.options.text("contrast");
  const Graph& graph = run.trace.graph();
  const ValueId contrast = named.empty() ? classifier_input(graph, run.seeds.front().value) : graph.at(named);
  if (contrast != no_value) return contrast;
  throw Error(ErrorKind::usage,
              "contrastive excitation backprop needs a linear layer before the objective; this network "
              "has none there");
}

Map explain_contrastive_excitation(const Question& question) {
  ExcitationRun run = excitation_run(question);
  const Graph& graph = run.trace.graph();
  const ValueId contrast = contrast_value(question, run);
  // Below the contrast, which may itself be a map: SqueezeNet's classifier is a convolution.
  run.at = read_at(question, last_bottleneck_at_stride(run.trace, contrast, default_stride));
  const std::string classifier = linear_reader(graph, contrast);
  const Options negated = with_opposite(run.recipe, run.options, classifier);
  const Tensor pro = walk_to(question, run.trace, run.seeds, run.recipe, contrast, &run.options);
  const Tensor contra = walk_to(question, run.trace, run.seeds, run.recipe, contrast, &negated);
  const Tensor difference = walk_to(question, run.trace, {{contrast, pro - contra}}, run.recipe, run.at, &run.options);
  Map map = excitation_map(question, run, sum_channels(difference).clamp_min(0));
  map.notes.push_back("contrast taken at '" + graph.name(contrast) + "', weights of '" + classifier + "' negated");
  return map;
}

constexpr Option options[] = {
    excitation_options[0],
    excitation_options[1],
    excitation_options[2],
    excitation_options[3],
    {"contrast", OptionType::text, "", "",
     "Names the value where the difference is taken; default: what the last linear layer before the objective reads."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "contrastive_excitation",
    .sentence =
        "Shows what speaks for this class and not against it: excitation minus that of the opposite classifier.",
    .paper = "Zhang et al. 2016, Top-down Neural Attention by Excitation Backprop (arXiv:1608.00507), section 3.3",
    .details =
        "The classifier's weights are negated for the second walk; activations stay those of the run. More "
        "class-specific than plain excitation. The authors state that the method is patent-pending.",
    .options = options,
    .presets = excitation_presets,
    .explain = explain_contrastive_excitation};

}  // namespace fovea::techniques::contrastive_excitation

// DeepLIFT by the rescale rule: R = m (x - x0), where the multipliers m come from a walk by recipe `deeplift` that
// compares the run on the picture with one on the reference x0. Shrikumar et al. 2017, equation 1: sum R = y(x) -
// y(x0).
// SPDX-License-Identifier: Apache-2.0
#include "core/fill.h"
#include "techniques/common.h"

namespace fovea::techniques::deeplift {
namespace {

Map explain_deeplift(const Question& question) {
  const Subject& subject = question.subject;
  const Model& model = subject.model();
  const Recipe& recipe = find_recipe("deeplift");
  const ValueId at = read_at(question, input_of(question));
  const Tensor baseline = filled_like(subject.input(), model.card, question.options.text("baseline"), question.seed);
  const Trace& trace = subject.trace();
  const Trace reference = run(model.graph, baseline);
  const Options options = recipe_options(recipe, question.options);
  const Relevance relevance = walk(trace, seed(trace, question.objective, model.card), recipe,
                                   {.keep = {at}, .recipe = &options, .reference = &reference});
  if (!relevance.reached(at)) {
    throw Error(ErrorKind::usage,
                "objective " + question.objective.text() + " does not depend on '" + model.graph.name(at) + "'",
                "read the map at a value before the one the objective is taken at");
  }
  const Tensor attribution = relevance.at(at) * (trace.value(at) - reference.value(at));
  Map map = signed_map(question, attribution, at);
  map.drawing = Drawing::signed_heat;  // its channels sum to what a place contributes
  add_remark(map, recipe, model.graph);
  const auto objective_on = [&](const Trace& run) {
    return question.objective.evaluate(model.graph, model.card, [&](ValueId value) { return run.value(value); })
        .item<double>();
  };
  const double sum = attribution.sum().item<double>();
  const double change = objective_on(trace) - objective_on(reference);
  map.figures.emplace_back("sum", sum);
  map.figures.emplace_back("objective_minus_baseline", change);
  map.figures.emplace_back("delta", sum - change);
  return map;
}

constexpr Option options[] = {
    {"baseline", OptionType::choice, "mean", fills, "Says what picture the change is measured from."},
    {"max_pool", OptionType::choice, "winner", "winner|rescale",
     "Gives max-pooling its gradient, to the picture's winner, or the rule that keeps the sum to the change."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "deeplift",
    .sentence = "Shares the change of the objective from a reference picture among the pixels, in one backward walk.",
    .paper =
        "Shrikumar, Greenside, Kundaje 2017, Learning Important Features Through Propagating Activation "
        "Differences (arXiv:1704.02685), rescale rule",
    .details =
        "The map sums to the objective's change, up to the delta that is printed: max_pool=winner, the gradient "
        "that other implementations use, gives some of it away; max_pool=rescale keeps it. Read with --at at "
        "any value. The default baseline is 0 in the network's units.",
    .options = options,
    .explain = explain_deeplift};

}  // namespace fovea::techniques::deeplift

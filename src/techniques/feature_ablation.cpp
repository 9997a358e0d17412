// Feature ablation: the picture is cut into superpixels, and each in turn is covered, R = y(x) - y(x without it), one
// value for all its pixels. Occlusion by regions of like colour; superpixels as in Ribeiro, Singh, Guestrin 2016, LIME,
// section 3.4, cut by SLIC (Achanta et al. 2012).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/cat.h>
#include <ATen/ops/where.h>

#include "core/fill.h"
#include "core/superpixels.h"
#include "techniques/common.h"

namespace fovea::techniques::feature_ablation {
namespace {

Map explain_feature_ablation(const Question& question) {
  require_picture(question, "feature_ablation");
  const Model& model = question.subject.model();
  const Tensor& input = question.subject.input();
  const Tensor fill = filled_like(input, model.card, question.options.text("fill"), question.seed);
  const Tensor labels =
      superpixels(input[0], question.options.integer("segments"), question.options.number("compactness"))
          .to(input.device());
  const std::int64_t count = labels.max().item<std::int64_t>() + 1;
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  std::vector<Tensor> values;
  for (std::int64_t begin = 0; begin < count; begin += batch) {
    question.report(begin, count);
    std::vector<Tensor> covered;
    for (std::int64_t k = begin; k < std::min(begin + batch, count); ++k) {
      covered.push_back(at::where((labels == k).unsqueeze(0).unsqueeze(0), fill, input));
    }
    values.push_back(evaluate(model, at::cat(covered), question.objective, micro_batch));
  }
  const double whole = evaluate(model, input, question.objective).item<double>();
  const Tensor lost = whole - at::cat(values);
  Map map{.values = lost.index_select(0, labels.flatten()).reshape(labels.sizes()),
          .drawing = Drawing::signed_heat,
          .at = model.graph.name(input_of(question)),
          .notes = {std::to_string(count) + " superpixels, each filled with " + question.options.text("fill")}};
  map.figures.emplace_back("objective", whole);
  return map;
}

constexpr Option options[] = {
    {"segments", OptionType::integer, "50", "1..100000", "Sets about how many superpixels the picture is cut into."},
    {"compactness", OptionType::number, "10", "0.1..1000",
     "Sets how square they are (SLIC: 1 to 40); small follows colours."},
    {"fill", OptionType::choice, "mean", fills, "Says what a superpixel is filled with."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "feature_ablation",
    .sentence = "Covers one superpixel after another: what the objective loses without each piece of the picture.",
    .paper =
        "Occlusion (Zeiler, Fergus 2014) by superpixels: Ribeiro, Singh, Guestrin 2016 (arXiv:1602.04938), section "
        "3.4; Achanta et al. 2012, SLIC Superpixels Compared to State-of-the-art",
    .details =
        "A direct experiment, no gradient: positive where the network relies on a piece. The pieces follow the "
        "picture's edges, where occlusion's squares cut across objects.",
    .options = options,
    .cost = Cost::runs,
    .explain = explain_feature_ablation};

}  // namespace fovea::techniques::feature_ablation

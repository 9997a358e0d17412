// Ablation-CAM: a layer's maps weighted by the share of the objective that is lost without each: w_k = (y - y with A_k
// set to 0) / y, map = ReLU(sum_k w_k A_k). Desai and Ramaswamy 2020, equations 2 and 3. No gradient; one run of what
// follows the layer per channel.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <ATen/ops/cat.h>

#include "core/rerun.h"
#include "techniques/cam.h"

namespace fovea::techniques::ablation_cam {
namespace {

/// Returns the objective [K] with each of the layer's channels set to 0, running only what follows it.
Tensor ablate(const Question& question, const CamLayer& layer) {
  const Model& model = question.subject.model();
  const Trace& trace = question.subject.trace();
  const Tensor& whole = trace.value(layer.at);
  const std::int64_t channels = whole.size(1);
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  const std::vector<ValueId> taps = question.objective.taps(model.graph);
  std::vector<Tensor> values;
  for (std::int64_t begin = 0; begin < channels; begin += batch) {
    question.report(begin, channels);
    const std::int64_t count = std::min(batch, channels - begin);
    Tensor copies = whole.repeat({count, 1, 1, 1});
    for (std::int64_t i = 0; i < count; ++i) copies[i][begin + i].zero_();
    const Trace after = rerun(trace, layer.at, copies, taps);
    values.push_back(
        question.objective.evaluate(model.graph, model.card, [&](ValueId value) { return after.value(value); }));
  }
  return at::cat(values);
}

Map explain_ablation_cam(const Question& question) {
  constexpr double least_objective = 1e-7;
  const CamLayer layer = cam_layer(question);  // the gradient only tells that the objective depends on the layer
  const Model& model = question.subject.model();
  const double whole =
      question.objective
          .evaluate(model.graph, model.card, [&](ValueId value) { return question.subject.trace().value(value); })
          .item<double>();
  if (std::abs(whole) < least_objective) {
    throw Error(ErrorKind::usage,
                "ablation_cam shares the objective out, but " + question.objective.text() + " is 0 on this picture",
                "ask for another class, or for logit(a) - logit(b)");
  }
  const Tensor weights = (whole - ablate(question, layer)) / whole;
  Map map = cam_map(question, (weights.reshape({-1, 1, 1}) * layer.activations).sum(0), layer.at);
  map.notes.push_back(std::to_string(layer.activations.size(0)) + " channels, each taken away once");
  map.figures.emplace_back("objective", whole);
  return map;
}

constexpr Option options[] = {cam_relu_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "ablation_cam",
    .sentence = "Weighs a layer's maps by what the objective loses without each: Grad-CAM by experiment, no gradient.",
    .paper =
        "Desai, Ramaswamy 2020, Ablation-CAM: Visual Explanations for Deep Convolutional Network via "
        "Gradient-free Localization, equations 2 and 3",
    .details =
        "Only what follows the layer is run again, once per channel. Default layer: the last spatial value "
        "before global pooling or flattening.",
    .options = options,
    .cost = Cost::runs,
    .explain = explain_ablation_cam};

}  // namespace fovea::techniques::ablation_cam

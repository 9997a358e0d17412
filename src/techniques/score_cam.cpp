// Score-CAM: a layer's maps weighted by what the objective says of the picture seen through each: map = ReLU(sum_k w_k
// A_k), w = softmax over k of y(x * s(up(A_k))) - y(baseline), s = min-max normalisation to [0,1]. Wang et al. 2020,
// equations 5 to 8 and algorithm 1. No gradient; one forward run per channel.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/cat.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include "core/fill.h"
#include "techniques/cam.h"

namespace fovea::techniques::score_cam {
namespace {

/// Scales each map [n,1,H,W] to [0,1]; one that is flat hides nothing and becomes 0, as the paper's code has it.
Tensor normalise(const Tensor& masks) {
  const Tensor low = masks.amin({2, 3}, true);
  const Tensor range = masks.amax({2, 3}, true) - low;
  return (masks - low) / range.masked_fill(range <= 0, 1);
}

Tensor score_channels(const Question& question, const Tensor& maps, const Tensor& baseline) {
  const Model& model = question.subject.model();
  const Tensor& input = question.subject.input();
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  std::vector<Tensor> scores;
  for (std::int64_t begin = 0; begin < maps.size(0); begin += batch) {
    question.report(begin, maps.size(0));
    const std::int64_t count = std::min(batch, maps.size(0) - begin);
    const std::vector<std::int64_t> size{input.size(2), input.size(3)};
    const Tensor masks =
        normalise(at::upsample_bilinear2d(maps.narrow(0, begin, count).unsqueeze(1), size, /*align_corners=*/false));
    scores.push_back(evaluate(model, baseline + (input - baseline) * masks, question.objective, micro_batch));
  }
  return at::cat(scores);
}

Map explain_score_cam(const Question& question) {
  const Subject& subject = question.subject;
  if (subject.input().dim() != 4) {
    throw Error(ErrorKind::usage, "score_cam masks pictures [1,C,H,W], found an input of " +
                                      std::to_string(subject.input().dim()) + " axes");
  }
  const CamLayer layer = cam_layer(question, false);
  const Tensor baseline =
      filled_like(subject.input(), subject.model().card, question.options.text("baseline"), question.seed);
  const Tensor scores = score_channels(question, layer.activations, baseline);
  const Tensor gained = scores - evaluate(subject.model(), baseline, question.objective);
  const Tensor weights = question.options.text("weights") == "softmax" ? at::softmax(gained, 0) : gained;
  Map map = cam_map(question, (weights.reshape({-1, 1, 1}) * layer.activations).sum(0), layer.at);
  map.notes.push_back(std::to_string(layer.activations.size(0)) + " channels, each scored by one run");
  return map;
}

constexpr Option options[] = {
    cam_relu_option,
    {"baseline", OptionType::choice, "mean", fills, "Says what a mask hides the picture behind."},
    {"weights", OptionType::choice, "softmax", "softmax|gain",
     "Takes the softmax over channels of the scores gained, as the paper does, or the gains themselves."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "score_cam",
    .sentence = "Weighs a layer's maps by the score of the picture seen through each: Grad-CAM without gradients.",
    .paper =
        "Wang et al. 2020, Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks "
        "(arXiv:1910.01279), algorithm 1",
    .details =
        "One run of the network per channel of the layer. The softmax makes weights that hardly differ where "
        "scores hardly do; weights=gain keeps the differences and their sign. Default layer: the last spatial "
        "value before global pooling or flattening.",
    .options = options,
    .cost = Cost::runs,
    .explain = explain_score_cam};

}  // namespace fovea::techniques::score_cam

// Accuracy and cross-entropy of a network on labelled pictures.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/core/Reduction.h>
#include <ATen/ops/cross_entropy_loss.h>

#include <fovea/error.h>
#include <fovea/trace.h>
#include <fovea/train.h>

#include "core/progress.h"

namespace fovea {

Evaluation evaluate(const Model& model, const Pictures& pictures, std::int64_t batch, int threads,
                    const std::function<bool(std::int64_t, std::int64_t)>& progress) {
  if (!model.card.preprocess) {
    throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input",
                "give --preprocess imagenet, caffe, tf or none");
  }
  Loader loader(pictures,
                {.preprocess = *model.card.preprocess, .augmentation = {}, .batch = batch, .threads = threads});
  loader.start(0);
  Evaluation result;
  const auto classes = static_cast<std::int64_t>(pictures.labels().size());
  while (const std::optional<Batch> next = loader.next()) {
    const Trace trace = fovea::run(model.graph, next->input,
                                   {.tape = Tape::none, .keep = KeepValues::none, .until = {model.graph.logits()}});
    const Tensor scores = trace.scores();
    if (scores.size(1) != classes) {
      throw Error(ErrorKind::usage, "the model tells " + std::to_string(scores.size(1)) +
                                        " classes apart, the data set " + std::to_string(classes));
    }
    if (result.confusion.empty()) {
      result.confusion.assign(static_cast<std::size_t>(classes),
                              std::vector<std::int64_t>(static_cast<std::size_t>(classes), 0));
    }
    const std::int64_t count = next->input.size(0);
    result.loss += at::cross_entropy_loss(scores, next->labels, {}, at::Reduction::Mean).item<double>() *
                   static_cast<double>(count);
    const Tensor best = std::get<1>(scores.topk(std::min<std::int64_t>(5, classes), 1));
    const Tensor right = best.eq(next->labels.unsqueeze(1));
    result.top1 += right.select(1, 0).sum().item<double>();
    result.top5 += right.sum().item<double>();
    for (std::int64_t i = 0; i < count; ++i) {
      const auto truth = static_cast<std::size_t>(next->labels[i].item<std::int64_t>());
      ++result.confusion[truth][static_cast<std::size_t>(best[i][0].item<std::int64_t>())];
    }
    result.pictures += count;
    report_to(progress, result.pictures, pictures.size());
  }
  const auto total = static_cast<double>(std::max<std::int64_t>(result.pictures, 1));
  result.loss /= total;
  result.top1 /= total;
  result.top5 /= total;
  result.broken = loader.broken();
  return result;
}

}  // namespace fovea

// Ablation over a data set: what becomes of accuracy, of the true class's probability p(class | x), and of the answers.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/ablate.h>

#include <algorithm>
#include <numeric>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "core/progress.h"
#include "experiments/ablated_run.h"
#include "experiments/landmarks.h"
#include "experiments/over_pictures.h"
#include "score/class_match.h"

namespace fovea {
namespace {

void report(const AblationOptions& options, std::int64_t done, std::int64_t total) {
  report_to(options.progress, done, total);
}

void tell(const AblationOptions& options, const std::vector<Broken>& broken) {
  for (const Broken& one : broken) {
    if (options.on_broken) options.on_broken(one);
  }
}

OverPictures over(const AblationOptions& options) { return {.batch = options.batch, .threads = options.threads}; }

void add(AblationEffect& effect, const Tensor& before, const Tensor& after, std::int64_t truth) {
  const auto best_before = before.argmax().item<std::int64_t>();
  const auto best_after = after.argmax().item<std::int64_t>();
  ++effect.pictures;
  effect.right_before += best_before == truth ? 1 : 0;
  effect.right_after += best_after == truth ? 1 : 0;
  effect.flipped += best_before != best_after ? 1 : 0;
  effect.probability_before += before[truth].item<double>();
  effect.probability_after += after[truth].item<double>();
}

void divide(AblationEffect& effect) {
  const auto count = static_cast<double>(std::max<std::int64_t>(effect.pictures, 1));
  effect.probability_before /= count;
  effect.probability_after /= count;
}

/// A value as channels by what they sum over: [N,C,positions], float64.
Tensor by_positions(const Tensor& value, const std::string& name) {
  if (value.dim() >= 2 && value.is_floating_point()) {
    return value.to(at::kCPU, at::kDouble).reshape({value.size(0), value.size(1), -1});
  }
  throw Error(ErrorKind::usage, "'" + name + "' holds no channels", "`fovea inspect MODEL` tells shapes");
}

}  // namespace

std::map<ValueId, Tensor> channel_means(const Model& model, const Pictures& pictures,
                                        const std::vector<ValueId>& values, const AblationOptions& options) {
  std::map<ValueId, Tensor> sums;
  double count = 0;
  for_each_batch(model, pictures, over(options), [&](const Batch& batch) {
    const Trace trace = run(model.graph, batch.input, {.tape = Tape::none, .keep = KeepValues::none, .until = values});
    for (const ValueId value : values) {
      const Tensor sum = by_positions(trace.value(value), model.graph.node_name(value)).mean(2).sum(0);
      sums[value] = sums.contains(value) ? sums[value] + sum : sum;
    }
    count += static_cast<double>(batch.input.size(0));
    report(options, static_cast<std::int64_t>(count), pictures.size());
  });
  for (auto& [value, sum] : sums) sum = sum / count;
  return sums;
}

AblationEvaluation ablate(const Model& model, const Pictures& pictures, const AblationSet& set,
                          const AblationOptions& options) {
  const AblatedRun ablated(model, set);
  AblationEvaluation result;
  result.classes.resize(pictures.labels().size());
  std::vector<std::int64_t> classes;
  result.broken = for_each_batch(model, pictures, over(options), [&](const Batch& batch) {
    const AblatedScores scores = ablated(batch.input);
    if (classes.empty()) classes = match_classes(model.card, scores.before.size(1), pictures.labels());
    for (std::int64_t i = 0; i < batch.input.size(0); ++i) {
      const auto label = static_cast<std::size_t>(batch.labels[i].item<std::int64_t>());
      add(result.all, scores.before[i], scores.after[i], classes[label]);
      add(result.classes[label], scores.before[i], scores.after[i], classes[label]);
    }
    report(options, result.all.pictures, pictures.size());
  });
  divide(result.all);
  for (AblationEffect& effect : result.classes) divide(effect);
  return result;
}

std::vector<ChannelEffect> ablate_each(const Model& model, const Pictures& pictures, ValueId value, AblationFill fill,
                                       bool by_accuracy, const AblationOptions& options) {
  const Graph& graph = model.graph;
  const std::vector<ValueId> needed = frontier(graph, value, graph.logits());
  Tensor means;
  if (fill == AblationFill::mean) {
    means = channel_means(model, pictures, {value}, {.batch = options.batch, .threads = options.threads}).at(value);
  }
  std::vector<ChannelEffect> effects;
  std::vector<std::int64_t> classes;
  std::int64_t seen = 0;
  const std::vector<Broken> broken = for_each_batch(model, pictures, over(options), [&](const Batch& batch) {
    const Trace trace =
        run(graph, batch.input,
            {.tape = Tape::none, .keep = KeepValues::named, .named = needed, .until = {graph.logits()}});
    const Tensor before = probabilities(trace);
    const std::int64_t channels = trace.value(value).dim() < 2 ? 1 : trace.value(value).size(1);
    if (classes.empty()) classes = match_classes(model.card, before.size(1), pictures.labels());
    effects.resize(static_cast<std::size_t>(channels));
    RunOptions from{.tape = Tape::none, .keep = KeepValues::none, .until = {graph.logits()}};
    for (const ValueId one : needed) from.given[one] = trace.value(one);
    for (std::int64_t c = 0; c < channels; ++c) {
      ChannelEffect& effect = effects[static_cast<std::size_t>(c)];
      effect.channel = c;
      from.given[value] = switched_off(trace.value(value), {.value = value, .channels = {c}, .unit = {}}, means,
                                       graph.node_name(value));
      const Tensor after = probabilities(run(graph, Tensor{}, from));
      for (std::int64_t i = 0; i < batch.input.size(0); ++i) {
        add(effect.effect, before[i], after[i],
            classes[static_cast<std::size_t>(batch.labels[i].item<std::int64_t>())]);
      }
      report(options, seen * channels + (c + 1) * batch.input.size(0), pictures.size() * channels);
    }
    seen += batch.input.size(0);
  });
  tell(options, broken);
  for (ChannelEffect& effect : effects) divide(effect.effect);
  std::stable_sort(effects.begin(), effects.end(), [&](const ChannelEffect& a, const ChannelEffect& b) {
    if (by_accuracy && a.effect.right_after != b.effect.right_after) return a.effect.right_after < b.effect.right_after;
    return a.effect.probability_after < b.effect.probability_after;
  });
  return effects;
}

std::vector<LayerActivation> activation_by_class(const Model& model, const Pictures& pictures,
                                                 const std::vector<ValueId>& values, const AblationOptions& options) {
  const auto classes = static_cast<std::int64_t>(pictures.labels().size());
  std::vector<LayerActivation> layers;
  for (const ValueId value : values) {
    layers.push_back({.value = model.graph.node_name(value),
                      .pictures = std::vector<std::int64_t>(static_cast<std::size_t>(classes), 0),
                      .by_channel = {},
                      .total = {}});
  }
  std::int64_t seen = 0;
  const std::vector<Broken> broken = for_each_batch(model, pictures, over(options), [&](const Batch& batch) {
    const Trace trace = run(model.graph, batch.input, {.tape = Tape::none, .keep = KeepValues::none, .until = values});
    for (std::size_t v = 0; v < values.size(); ++v) {
      LayerActivation& layer = layers[v];
      const Tensor sums = by_positions(trace.value(values[v]), layer.value).clamp_min(0).sum(2);
      if (!layer.by_channel.defined()) layer.by_channel = at::zeros({classes, sums.size(1)}, at::kDouble);
      layer.by_channel = layer.by_channel.index_add(0, batch.labels, sums);
      for (std::int64_t i = 0; i < batch.labels.size(0); ++i) {
        ++layer.pictures[static_cast<std::size_t>(batch.labels[i].item<std::int64_t>())];
      }
    }
    seen += batch.input.size(0);
    report(options, seen, pictures.size());
  });
  tell(options, broken);
  for (LayerActivation& layer : layers) {
    for (std::int64_t c = 0; c < classes; ++c) {
      const std::int64_t count = layer.pictures[static_cast<std::size_t>(c)];
      if (count > 0) layer.by_channel[c].div_(static_cast<double>(count));
    }
    layer.total = layer.by_channel.sum(1);
  }
  return layers;
}

}  // namespace fovea

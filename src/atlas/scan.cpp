// Every value is condensed the moment it is computed, while it is still in the caches, and let go; a batch costs the
// forward pass and one look at each number.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/scan.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>

#include <fovea/error.h>
#include <fovea/trace.h>

#include "core/progress.h"
#include "core/reach.h"

namespace fovea {
namespace {

/// Values that the run has to be asked for, because the logits do not need them.
std::vector<ValueId> targets_of(const Graph& graph, const ScanPlan& plan) {
  ValueSet computed = graph.ancestors(graph.logits());
  add_siblings(graph.nodes(), computed);
  std::vector<ValueId> targets{graph.logits()};
  for (const auto& ids : {plan.ranked, plan.embedded}) {
    for (const ValueId id : ids) {
      if (!computed.has(id)) targets.push_back(id);
    }
  }
  return targets;
}

/// Where the network computes.
at::Device device_of(const Graph& graph) {
  for (const Tensor& weight : graph.weights()) {
    if (weight.defined() && weight.is_floating_point()) return weight.device();
  }
  return at::kCPU;
}

/// Where a value stands in a list; -1 when it does not.
std::vector<int> places_in(const std::vector<ValueId>& list, std::size_t values) {
  std::vector<int> places(values, -1);
  for (std::size_t i = 0; i < list.size(); ++i) places[list[i]] = static_cast<int>(i);
  return places;
}

/// One scan while it goes on.
class Scan {
 public:
  Scan(const Model& model, const ScanPlan& plan, std::int64_t first, std::int64_t count);
  void take(const Batch& batch);
  Shard finish(const std::vector<Broken>& broken);

 private:
  void look(ValueId id, const Tensor& value);
  void rank(std::size_t at, const Tensor& value);
  void embed(std::size_t at, const Tensor& value);
  void record(const Tensor& scores);

  const Model& model_;
  const ScanPlan& plan_;
  std::vector<ValueId> targets_;
  std::vector<int> ranked_at_;
  std::vector<int> embedded_at_;
  std::int64_t count_;
  Shard shard_;
  const Batch* batch_ = nullptr;
  std::vector<bool> seen_finite_;  ///< of the batch's pictures
};

Scan::Scan(const Model& model, const ScanPlan& plan, std::int64_t first, std::int64_t count)
    : model_(model),
      plan_(plan),
      targets_(targets_of(model.graph, plan)),
      ranked_at_(places_in(plan.ranked, model.graph.values().size())),
      embedded_at_(places_in(plan.embedded, model.graph.values().size())),
      count_(count) {
  shard_.first = first;
  shard_.records.resize(static_cast<std::size_t>(count));
  shard_.embeddings.resize(plan.embedded.size());
  shard_.tops.assign(plan.ranked.size(), ChannelTops(0, plan.top));
}

void Scan::rank(std::size_t at, const Tensor& value) {
  const ChannelMaxima maxima = channel_maxima(value);
  ChannelTops& tops = shard_.tops[at];
  if (tops.channels() == 0) tops = ChannelTops(value.size(1), plan_.top);
  const auto* score = maxima.score.data_ptr<float>();
  for (std::size_t n = 0; n < batch_->indices.size(); ++n) {
    const auto row = static_cast<std::int64_t>(n);
    const float* scores = score + row * tops.channels();
    const bool finite = std::all_of(scores, scores + tops.channels(), [](float s) { return std::isfinite(s); });
    if (!finite) seen_finite_[n] = false;
    tops.offer(maxima, row, batch_->indices[n]);
  }
}

void Scan::embed(std::size_t at, const Tensor& value) {
  const Tensor rows = pooled(value);
  Tensor& table = shard_.embeddings[at];
  if (!table.defined()) {
    table = at::full({count_, rows.size(1)}, std::numeric_limits<double>::quiet_NaN(), at::kFloat);
  }
  const std::int64_t size = rows.size(1);
  for (std::size_t n = 0; n < batch_->indices.size(); ++n) {
    std::copy_n(rows.data_ptr<float>() + static_cast<std::int64_t>(n) * size, size,
                table.data_ptr<float>() + (batch_->indices[n] - shard_.first) * size);
  }
}

void Scan::look(ValueId id, const Tensor& value) {
  if (const int at = ranked_at_[id]; at >= 0) rank(static_cast<std::size_t>(at), value);
  if (const int at = embedded_at_[id]; at >= 0) embed(static_cast<std::size_t>(at), value);
}

/// Keeps what the network says of the batch's pictures.
void Scan::record(const Tensor& scores) {
  const Tensor probabilities = scores.to(at::kCPU, at::kFloat).softmax(1).contiguous();
  const std::int64_t classes = probabilities.size(1);
  for (std::size_t n = 0; n < batch_->indices.size(); ++n) {
    const float* row = probabilities.data_ptr<float>() + static_cast<std::int64_t>(n) * classes;
    const float* best = std::max_element(row, row + classes);
    AtlasPicture& record = shard_.records[static_cast<std::size_t>(batch_->indices[n] - shard_.first)];
    record.predicted = best - row;
    record.probability = *best;
    const auto label = static_cast<std::size_t>(batch_->labels[static_cast<std::int64_t>(n)].item<std::int64_t>());
    record.of_truth =
        label < plan_.classes.size() ? row[plan_.classes[label]] : std::numeric_limits<float>::quiet_NaN();
  }
}

void Scan::take(const Batch& batch) {
  if (batch.indices.empty()) return;
  const c10::AutoGradMode no_tape(false);
  batch_ = &batch;
  seen_finite_.assign(batch.indices.size(), true);
  const Trace trace = run(model_.graph, batch.input.to(device_of(model_.graph)),
                          {.tape = Tape::none,
                           .keep = KeepValues::none,
                           .named = {},
                           .until = targets_,
                           .given = {},
                           .on_value = [this](ValueId id, const Tensor& value) { look(id, value); }});
  record(trace.scores());
  shard_.not_finite += std::count(seen_finite_.begin(), seen_finite_.end(), false);
}

Shard Scan::finish(const std::vector<Broken>& broken) {
  for (const Broken& picture : broken) {
    const std::int64_t at = picture.index - shard_.first;
    if (at >= 0 && at < count_) shard_.records[static_cast<std::size_t>(at)].broken = picture.reason;
  }
  return std::move(shard_);
}

}  // namespace

Tensor pooled(const Tensor& value) {
  const Tensor numbers = value.detach().to(at::kCPU, at::kFloat);
  if (numbers.dim() <= 2) return numbers.reshape({numbers.size(0), -1}).contiguous();
  return numbers.flatten(2).mean(2).contiguous();
}

Shard scan_shard(const Model& model, Loader& loader, const ScanPlan& plan, std::int64_t first, std::int64_t count,
                 const BatchProgress& progress) {
  Scan scan(model, plan, first, count);
  for (std::int64_t done = 0; done < count;) {
    const std::optional<Batch> batch = loader.next();
    if (!batch) throw Error(ErrorKind::internal, "the loader ended before its shard did");
    scan.take(*batch);
    done = std::min(count, done + loader.batch());
    report_to(progress, done);
  }
  return scan.finish(loader.broken());
}

}  // namespace fovea

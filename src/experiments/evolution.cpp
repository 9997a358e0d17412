// Snapshots are looked at one after another, the last one first: what it answers to is what the others are compared
// with. Of a snapshot only each picture's strongest answer per channel is kept while it is looked at.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/evolution.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>

#include <fovea/error.h>
#include <fovea/projection.h>
#include <fovea/top_page.h>
#include <fovea/trace.h>

#include "core/lower_case.h"
#include "atlas/channel_maxima.h"
#include "atlas/values.h"
#include "core/progress.h"
#include "experiments/over_pictures.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The number at the end of "epoch_012"; -1 when there is none.
std::int64_t number_at_end(const std::string& stem) {
  std::size_t begin = stem.size();
  while (begin > 0 && stem[begin - 1] >= '0' && stem[begin - 1] <= '9') --begin;
  std::int64_t number = -1;
  std::from_chars(stem.data() + begin, stem.data() + stem.size(), number);
  return number;
}

// --- one snapshot ---

/// Every picture's strongest answers at some values.
struct ChannelAnswers {
  std::vector<Tensor> score;  ///< per value [pictures,channels]; NaN rows for pictures that cannot be read
  std::vector<Tensor> place;
  std::vector<Broken> broken;
};

ChannelAnswers answers_of(const Model& model, const Pictures& pictures, const std::vector<ValueId>& values,
                          const EvolutionOptions& options, const std::function<void(std::int64_t)>& tell) {
  ChannelAnswers answers{
      .score = std::vector<Tensor>(values.size()), .place = std::vector<Tensor>(values.size()), .broken = {}};
  const c10::AutoGradMode no_tape(false);
  const auto take = [&](const Batch& batch) {
    const Trace trace = run(model.graph, batch.input, {.tape = Tape::none, .keep = KeepValues::none, .until = values});
    for (std::size_t v = 0; v < values.size(); ++v) {
      const ChannelMaxima maxima = channel_maxima(trace.value(values[v]));
      if (!answers.score[v].defined()) {
        const std::int64_t channels = maxima.score.size(1);
        answers.score[v] = at::full({pictures.size(), channels}, nan, at::TensorOptions(at::kFloat));
        answers.place[v] = at::full({pictures.size(), channels}, -1, at::TensorOptions(at::kInt));
      }
      for (std::size_t n = 0; n < batch.indices.size(); ++n) {
        answers.score[v][batch.indices[n]].copy_(maxima.score[static_cast<std::int64_t>(n)]);
        answers.place[v][batch.indices[n]].copy_(maxima.place[static_cast<std::int64_t>(n)]);
      }
    }
    tell(static_cast<std::int64_t>(batch.indices.size()));
  };
  answers.broken = for_each_batch(model, pictures, {.batch = options.batch, .threads = options.loader_threads}, take);
  return answers;
}

/// The strongest answer of a channel, the first picture where several are equal.
Strongest strongest_of(const ChannelAnswers& answers, std::size_t value, std::int64_t channel) {
  const Tensor& scores = answers.score[value];
  const std::int64_t channels = scores.size(1);
  const auto* score = scores.data_ptr<float>();
  Strongest best;
  for (std::int64_t picture = 0; picture < scores.size(0); ++picture) {
    const float one = score[picture * channels + channel];
    if (one > best.score) best = {one, answers.place[value].data_ptr<int>()[picture * channels + channel], picture};
  }
  return best;
}

/// Mean over channels of the correlation over pictures of two tables; channels that do not vary in both are left out.
double correlation_of(const Tensor& a, const Tensor& b) {
  const Tensor known = a.isfinite().all(1).logical_and(b.isfinite().all(1));
  const Tensor x = a.index({known}).to(at::kDouble);
  const Tensor y = b.index({known}).to(at::kDouble);
  const Tensor dx = x - x.mean(0, true);
  const Tensor dy = y - y.mean(0, true);
  const Tensor length = (dx.square().sum(0) * dy.square().sum(0)).sqrt();
  const Tensor vary = length > 0;
  if (!vary.any().item<bool>()) return nan;
  return ((dx * dy).sum(0).index({vary}) / length.index({vary})).mean().item<double>();
}

/// The weights that compute a value: of the nearest linear node at or above it.
Tensor weights_behind(const Graph& graph, ValueId value) {
  while (true) {
    const NodeId producer = graph.value(value).producer;
    if (producer == no_node) return {};
    const Node& node = graph.node(producer);
    if (node.op->kind == Kind::linear) {
      const bool constant = node.inputs.size() > 1 && graph.is_constant(node.inputs[1]);
      return constant ? graph.weights()[node.inputs[1]] : Tensor{};
    }
    if (node.inputs.empty() || node.inputs.front() == no_value) return {};
    value = node.inputs.front();
  }
}

double distance_of(const Tensor& weights, const Tensor& last) {
  if (!weights.defined() || !last.defined() || weights.sizes() != last.sizes()) return nan;
  const Tensor end = last.to(at::kDouble);
  return ((weights.to(at::kDouble) - end).square().sum().sqrt() / end.square().sum().sqrt()).item<double>();
}

void require_same_network(const Model& one, const Model& last, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (one.graph.find(name)) continue;
    throw Error(ErrorKind::usage,
                one.path.string() + " has no value '" + name + "', which " + last.path.string() + " has",
                "snapshots must be of one training");
  }
}

EvolutionCell cell_of(const Model& model, const Pictures& pictures, const Projector& projector, std::int64_t channel,
                      const Strongest& strongest, int side) {
  EvolutionCell cell{.strongest = strongest, .changed = false, .patch = {}, .projection = {}};
  if (strongest.picture < 0) return cell;
  ChannelTop top = draw_top(model, pictures, projector, channel, std::span(&strongest, 1), side);
  if (top.patches.empty()) return cell;
  cell.patch = std::move(top.patches.front());
  cell.projection = std::move(top.projections.front());
  return cell;
}

/// The channels of a value that answer most strongly, each channel's answers over their own mean: a channel whose
/// numbers are merely large is not more interesting. In the order of channels.
std::vector<std::int64_t> shown_channels(const Tensor& scores, std::int64_t most) {
  const Tensor known = scores.index({scores.isfinite().all(1)}).to(at::kDouble);
  std::vector<std::int64_t> order(static_cast<std::size_t>(scores.size(1)));
  std::iota(order.begin(), order.end(), 0);
  if (known.size(0) == 0) return {};
  const Tensor spread = known.amax(0) - known.mean(0);
  const Tensor deviation = (known - known.mean(0, true)).square().mean(0).sqrt();
  const Tensor interest = spread.where(deviation > 0, spread * 0 - 1).contiguous();
  const auto* value = interest.data_ptr<double>();
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return value[a] > value[b]; });
  order.resize(static_cast<std::size_t>(std::min<std::int64_t>(most, scores.size(1))));
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace

std::vector<Snapshot> find_snapshots(const fs::path& folder) {
  std::error_code ignored;
  const fs::path inner = fs::is_directory(folder / "snapshots", ignored) ? folder / "snapshots" : folder;
  std::vector<Snapshot> found;
  if (fs::is_directory(inner, ignored)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(inner)) {
      const std::int64_t epoch = number_at_end(entry.path().stem().string());
      if (ending_of(entry.path()) == ".onnx" && epoch >= 0) found.push_back({entry.path(), epoch});
    }
  }
  std::sort(found.begin(), found.end(), [](const Snapshot& a, const Snapshot& b) { return a.epoch < b.epoch; });
  const fs::path final_model = folder / "model.onnx";
  if (!found.empty() && fs::exists(final_model, ignored)) {
    const Model model = load_model(final_model);
    const auto fact = model.card.facts.find("epochs_done");
    const std::int64_t epoch = fact == model.card.facts.end() ? -1 : number_at_end(fact->second);
    if (epoch > found.back().epoch) found.push_back({final_model, epoch});
  }
  if (!found.empty()) return found;
  throw Error(ErrorKind::file, "there are no snapshots in " + folder.string(),
              "`fovea train --snapshots 1,2,5,10` writes them; their names end in the epoch: epoch_005.onnx");
}

Evolution trace_evolution(const std::vector<Snapshot>& snapshots, const Pictures& pictures,
                          const EvolutionOptions& options) {
  if (snapshots.size() < 2) {
    throw Error(ErrorKind::usage, "an evolution needs at least 2 snapshots, found " + std::to_string(snapshots.size()),
                "`fovea train --snapshots 1,2,5,10` writes them");
  }
  const Recipe& recipe = find_recipe(options.recipe);
  const Model last = load_model(snapshots.back().path);
  const std::vector<ValueId> last_values = ranked_values(last.graph, options.values);
  Evolution evolution{.snapshots = snapshots, .values = {}, .broken = {}, .pictures = pictures.size()};
  std::vector<std::string> names;
  for (const ValueId value : last_values) names.push_back(last.graph.name(value));
  std::int64_t done = 0;
  const std::int64_t total = pictures.size() * static_cast<std::int64_t>(snapshots.size());
  const auto tell = [&](std::int64_t read) {
    done += read;
    report_to(options.progress, done, total);
  };
  const ChannelAnswers end = answers_of(last, pictures, last_values, options, tell);
  evolution.broken = end.broken;
  for (std::size_t v = 0; v < names.size(); ++v) {
    ValueEvolution value{.value = names[v], .channels = shown_channels(end.score[v], options.channels)};
    value.cells.assign(value.channels.size(), std::vector<EvolutionCell>(snapshots.size()));
    value.correlation.assign(snapshots.size(), nan);
    value.settled = value.weights = value.correlation;
    evolution.values.push_back(std::move(value));
  }
  for (std::size_t s = 0; s < snapshots.size(); ++s) {
    const bool is_last = s + 1 == snapshots.size();
    const Model model = is_last ? last : load_model(snapshots[s].path);
    require_same_network(model, last, names);
    std::vector<ValueId> values;
    for (const std::string& name : names) values.push_back(model.graph.at(name));
    const ChannelAnswers answers = is_last ? end : answers_of(model, pictures, values, options, tell);
    for (std::size_t v = 0; v < names.size(); ++v) {
      ValueEvolution& value = evolution.values[v];
      const std::int64_t channels = answers.score[v].size(1);
      if (channels != end.score[v].size(1)) {
        throw Error(ErrorKind::usage,
                    model.path.string() + " has " + std::to_string(channels) + " channels at '" + names[v] + "', " +
                        last.path.string() + " has " + std::to_string(end.score[v].size(1)),
                    "snapshots must be of one training");
      }
      value.correlation[s] = correlation_of(answers.score[v], end.score[v]);
      value.weights[s] =
          distance_of(weights_behind(model.graph, values[v]), weights_behind(last.graph, last_values[v]));
      std::int64_t same = 0;
      for (std::int64_t c = 0; c < channels; ++c) {
        same += strongest_of(answers, v, c).picture == strongest_of(end, v, c).picture ? 1 : 0;
      }
      value.settled[s] = static_cast<double>(same) / static_cast<double>(channels);
      const Projector projector(model, values[v], recipe);
      for (std::size_t c = 0; c < value.channels.size(); ++c) {
        const Strongest strongest = strongest_of(answers, v, value.channels[c]);
        value.cells[c][s] = cell_of(model, pictures, projector, value.channels[c], strongest, options.side);
        value.cells[c][s].changed = s > 0 && strongest.picture != value.cells[c][s - 1].strongest.picture;
      }
      report_to(options.progress, done, total);
    }
  }
  return evolution;
}

std::int64_t settled_epoch(const std::vector<Snapshot>& snapshots, const std::vector<double>& figure, double bar) {
  std::int64_t epoch = -1;
  for (std::size_t s = snapshots.size(); s-- > 0;) {
    if (!(figure[s] >= bar)) break;
    epoch = snapshots[s].epoch;
  }
  return epoch;
}

}  // namespace fovea

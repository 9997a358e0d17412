// Probes (Zeiler and Fergus 2014, section 5.2 and table 7; they train softmax classifiers and SVMs on each layer): a
// linear classifier on frozen features tells how much of a new task a layer has already solved.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/probe.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include <fovea/error.h>

#include "core/progress.h"
#include "core/random.h"
#include "experiments/landmarks.h"
#include "experiments/over_pictures.h"

namespace fovea {
namespace {

constexpr std::int64_t folds = 3;
constexpr double deviation_floor = 0.1;                // of the channels' mean square deviation, squared and added
constexpr std::uint64_t choice_stream = 0x70726f6265;  // keeps the choice of pictures apart from the draws of shots

/// Features of a data set: one [N,D] per value.
struct Features {
  std::vector<Tensor> values;
  Tensor labels;                       ///< [N]
  std::vector<std::int64_t> channels;  ///< per value: what is standardised together
};

/// Draws at most `most` pictures of each class, keyed by (seed, stream); their numbers rise.
std::vector<std::int64_t> drawn(const std::vector<std::vector<std::int64_t>>& by_class, std::int64_t most,
                                std::uint64_t seed, std::uint64_t stream) {
  std::vector<std::int64_t> chosen;
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    const auto count = static_cast<std::int64_t>(by_class[c].size());
    if (count == 0) continue;
    const Tensor order = uniform({count}, seed, (stream << 20U) + c).argsort(/*stable=*/true, 0, false);
    for (std::int64_t i = 0; i < std::min(count, most); ++i) {
      chosen.push_back(by_class[c][static_cast<std::size_t>(order[i].item<std::int64_t>())]);
    }
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::vector<std::vector<std::int64_t>> by_class(const Pictures& pictures) {
  std::vector<std::vector<std::int64_t>> numbers(pictures.labels().size());
  for (std::int64_t i = 0; i < pictures.size(); ++i) numbers[static_cast<std::size_t>(pictures.label(i))].push_back(i);
  return numbers;
}

std::vector<std::vector<std::int64_t>> by_class(const Tensor& labels, std::size_t classes) {
  std::vector<std::vector<std::int64_t>> numbers(classes);
  for (std::int64_t i = 0; i < labels.size(0); ++i) {
    numbers[static_cast<std::size_t>(labels[i].item<std::int64_t>())].push_back(i);
  }
  return numbers;
}

/// Reads pictures and keeps their features.
class Reader {
 public:
  Reader(const Model& model, const ProbeOptions& options, std::int64_t total)
      : model_(model), options_(options), total_(total) {}

  Features read(const Pictures& pictures, std::vector<Broken>& broken) {
    std::vector<std::vector<Tensor>> pieces(options_.values.size());
    std::vector<Tensor> labels;
    Features features;
    features.channels.resize(options_.values.size());
    const std::vector<Broken> left_out =
        for_each_batch(model_, pictures, {.batch = options_.batch}, [&](const Batch& batch) {
          const Trace trace =
              run(model_.graph, batch.input, {.tape = Tape::none, .keep = KeepValues::none, .until = options_.values});
          for (std::size_t v = 0; v < pieces.size(); ++v) {
            const Tensor& value = trace.value(options_.values[v]);
            features.channels[v] = value.dim() > 1 ? value.size(1) : 1;
            pieces[v].push_back(pooled_features(value, options_.side).to(at::kCPU));
          }
          labels.push_back(batch.labels);
          done_ += batch.input.size(0);
          report_to(options_.reading, done_, total_);
        });
    broken.insert(broken.end(), left_out.begin(), left_out.end());
    for (const auto& list : pieces) features.values.push_back(at::cat(list));
    features.labels = at::cat(labels);
    return features;
  }

 private:
  const Model& model_;
  const ProbeOptions& options_;
  std::int64_t total_;
  std::int64_t done_ = 0;
};

/// How features are brought to one scale: (x - mean) / deviation per channel, over the root of their number.
struct Scale {
  Tensor mean, factor;  ///< [D]

  Tensor operator()(const Tensor& x) const { return (x.to(at::kDouble) - mean) * factor; }
};

Scale scale_of(const Tensor& x, std::int64_t channels) {
  const std::int64_t positions = x.size(1) / channels;
  const Tensor by_channel = x.to(at::kDouble).reshape({x.size(0), channels, positions});
  const Tensor mean = by_channel.mean(2).mean(0);
  const Tensor variance = (by_channel - mean.reshape({1, -1, 1})).square().mean(2).mean(0);
  // A channel that hardly moved in a few pictures would blow up in the others.
  const Tensor deviation = (variance + deviation_floor * deviation_floor * variance.mean() + 1e-30).sqrt();
  const auto spread = [&](const Tensor& t) { return t.unsqueeze(1).expand({channels, positions}).reshape({-1}); };
  return {spread(mean), spread(1 / deviation) / std::sqrt(static_cast<double>(x.size(1)))};
}

/// Mean over classes of the share of right answers.
double accuracy_of(const SoftmaxRegression& fitted, const Tensor& x, const Tensor& labels, std::size_t classes) {
  const Tensor best = (x.matmul(fitted.weight) + fitted.bias).argmax(1);
  double sum = 0;
  double met = 0;
  for (const auto& numbers : by_class(labels, classes)) {
    if (numbers.empty()) continue;
    double right = 0;
    for (const std::int64_t i : numbers) {
      right += best[i].item<std::int64_t>() == labels[i].item<std::int64_t>() ? 1 : 0;
    }
    sum += right / static_cast<double>(numbers.size());
    ++met;
  }
  return sum / met;
}

Tensor as_index(const std::vector<std::int64_t>& numbers) { return at::tensor(numbers, at::kLong); }

/// Accuracy of one penalty on the pictures of each fold, trained on those of the others.
double cross_validated(const Tensor& x, const Tensor& labels, std::size_t classes, double penalty) {
  double right = 0;
  for (std::int64_t fold = 0; fold < folds; ++fold) {
    std::vector<std::int64_t> kept;
    std::vector<std::int64_t> asked;
    for (const auto& numbers : by_class(labels, classes)) {
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        (static_cast<std::int64_t>(i) % folds == fold ? asked : kept).push_back(numbers[i]);
      }
    }
    const Tensor training = as_index(kept);
    const Tensor validation = as_index(asked);
    const SoftmaxRegression fitted = fit_softmax(x.index_select(0, training), labels.index_select(0, training),
                                                 static_cast<std::int64_t>(classes), penalty);
    right += accuracy_of(fitted, x.index_select(0, validation), labels.index_select(0, validation), classes);
  }
  return right / static_cast<double>(folds);
}

double chosen_penalty(const Tensor& x, const Tensor& labels, std::size_t classes) {
  const std::vector<double> penalties = penalties_of_probe();
  double best = penalties[penalties.size() / 2];
  for (const auto& numbers : by_class(labels, classes)) {
    if (static_cast<std::int64_t>(numbers.size()) < folds) return best;
  }
  double most = -1;
  for (const double penalty : penalties) {  // the strongest first: of equals it stays
    const double accuracy = cross_validated(x, labels, classes, penalty);
    if (accuracy > most + 1e-12) best = penalty;
    most = std::max(most, accuracy);
  }
  return best;
}

/// What each classifier is made of.
struct Task {
  const Features& training;
  const Features& held_out;
  std::size_t classes;
  const ProbeOptions& options;
};

/// Which pictures each repeat is trained on; one repeat where all are taken.
std::vector<std::vector<std::int64_t>> choices_of(const Task& task, std::int64_t shots) {
  const auto numbers = by_class(task.training.labels, task.classes);
  const bool every = shots == all_shots || std::all_of(numbers.begin(), numbers.end(), [&](const auto& list) {
                       return static_cast<std::int64_t>(list.size()) <= shots;
                     });
  std::vector<std::vector<std::int64_t>> choices;
  for (std::int64_t r = 0; r < (every ? 1 : task.options.repeats); ++r) {
    choices.push_back(
        drawn(numbers, every ? task.training.labels.size(0) : shots, task.options.seed, static_cast<std::uint64_t>(r)));
  }
  return choices;
}

ProbeRow train_and_ask(const Task& task, std::size_t value, std::int64_t shots) {
  ProbeRow row{.features = task.training.values[value].size(1), .shots = shots};
  std::vector<double> accuracies;
  for (const std::vector<std::int64_t>& numbers : choices_of(task, shots)) {
    const Tensor chosen = as_index(numbers);
    const Tensor labels = task.training.labels.index_select(0, chosen);
    const Tensor raw = task.training.values[value].index_select(0, chosen);
    const Scale scale = scale_of(raw, task.training.channels[value]);
    Tensor x = scale(raw);
    Tensor asked = scale(task.held_out.values[value]);
    if (x.size(0) < x.size(1)) {
      const Tensor basis = row_basis(x);
      x = x.matmul(basis);
      asked = asked.matmul(basis);
    }
    const double penalty = task.options.penalty > 0 ? task.options.penalty : chosen_penalty(x, labels, task.classes);
    const SoftmaxRegression fitted = fit_softmax(x, labels, static_cast<std::int64_t>(task.classes), penalty);
    accuracies.push_back(accuracy_of(fitted, asked, task.held_out.labels, task.classes));
    row.training += accuracy_of(fitted, x, labels, task.classes);
    row.penalties.push_back(penalty);
    row.pictures = x.size(0);
  }
  const auto count = static_cast<double>(accuracies.size());
  for (const double a : accuracies) row.accuracy += a / count;
  for (const double a : accuracies) row.deviation += (a - row.accuracy) * (a - row.accuracy);
  row.deviation = accuracies.size() > 1 ? std::sqrt(row.deviation / (count - 1)) : 0;
  row.training /= count;
  return row;
}

void check(const Pictures& training, const Pictures& held_out, const ProbeOptions& options) {
  if (options.values.empty() || options.shots.empty()) {
    throw Error(ErrorKind::usage, "a probe needs a value and a number of pictures per class at least");
  }
  if (training.labels() != held_out.labels()) {
    throw Error(ErrorKind::usage, "the training pictures have " + std::to_string(training.labels().size()) +
                                      " classes, the held-out ones others (" +
                                      std::to_string(held_out.labels().size()) + ")");
  }
  const auto known = by_class(training);
  const auto asked = by_class(held_out);
  for (std::size_t c = 0; c < known.size(); ++c) {
    if (!known[c].empty() && !asked[c].empty()) continue;
    throw Error(
        ErrorKind::usage,
        "the class '" + training.labels()[c] + "' has no picture to " + (known[c].empty() ? "train on" : "hold out"),
        "a class needs a picture in both parts of the data set; the world has more with --scenes");
  }
  if (known.size() < 2) throw Error(ErrorKind::usage, "a classifier tells two classes apart at least, found one");
}

}  // namespace

std::vector<double> penalties_of_probe() { return {1e-1, 1e-2, 1e-3, 1e-4, 1e-5}; }

Tensor pooled_features(const Tensor& value, std::int64_t side) {
  if (!value.is_floating_point() || value.dim() < 2) {
    throw Error(ErrorKind::usage, "a value of " + std::to_string(value.dim()) + " axes holds no features of pictures");
  }
  const Tensor x = value.to(at::kFloat);
  if (x.dim() != 4) return x.flatten(1);
  const std::array<std::int64_t, 2> size{std::min(x.size(2), side), std::min(x.size(3), side)};
  return at::adaptive_avg_pool2d(x, size).contiguous().flatten(1);
}

ProbeResult probe(const Model& model, const Pictures& training, const Pictures& held_out, const ProbeOptions& options) {
  check(training, held_out, options);
  const auto known = subset(training, drawn(by_class(training), options.training, options.seed, choice_stream));
  const auto asked = subset(held_out, drawn(by_class(held_out), options.held_out, options.seed, choice_stream + 1));
  ProbeResult result{.rows = {}, .values = {}, .labels = training.labels()};
  Reader reader(model, options, known->size() + asked->size());
  const Features features = reader.read(*known, result.broken);
  const Features questions = reader.read(*asked, result.broken);
  result.training = features.labels.size(0);
  result.held_out = questions.labels.size(0);
  const Task task{features, questions, result.labels.size(), options};
  const auto total = static_cast<std::int64_t>(options.values.size() * options.shots.size());
  for (std::size_t v = 0; v < options.values.size(); ++v) {
    result.values.push_back(model.graph.node_name(options.values[v]));
    for (const std::int64_t shots : options.shots) {
      ProbeRow row = train_and_ask(task, v, shots);
      row.value = result.values.back();
      result.rows.push_back(std::move(row));
      const auto done = static_cast<std::int64_t>(result.rows.size());
      report_to(options.fitting, done, total);
    }
  }
  return result;
}

}  // namespace fovea

// Asking a technique: the shared run, the checks before and after.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/technique.h>

#include <algorithm>
#include <mutex>

#include <ATen/core/grad_mode.h>

#include <fovea/error.h>

#include "core/fold_batch_norm.h"
#include "core/progress.h"
#include "techniques/shared/relevance.h"

namespace fovea {

namespace techniques {
std::span<const Technique* const> all();
}

struct Subject::Cache {
  std::mutex mutex;  ///< guards all that follows
  std::optional<Trace> trace;
  std::optional<Graph> folded_graph;
  std::optional<Trace> folded_trace;
};

Subject::Subject(const Model& model, Tensor input)
    : model_(&model), input_(std::move(input)), cache_(std::make_unique<Cache>()) {
  if (input_.dim() == 0 || input_.size(0) != 1) {
    throw Error(ErrorKind::usage, "a subject is one picture: expected an input of batch 1");
  }
}

Subject::Subject(Subject&&) noexcept = default;
Subject& Subject::operator=(Subject&&) noexcept = default;
Subject::~Subject() = default;

const Trace& Subject::trace() const {
  const std::lock_guard lock(cache_->mutex);
  if (!cache_->trace) cache_->trace = run(graph(), input_);
  return *cache_->trace;
}

const Trace& Subject::folded_trace() const {
  bool folds = false;
  for (const Node& node : graph().nodes()) folds = folds || node.op->kind == Kind::batch_norm;
  if (!folds) return trace();
  const std::lock_guard lock(cache_->mutex);
  if (cache_->folded_trace) return *cache_->folded_trace;
  cache_->folded_graph = fold_batch_norm(graph());
  cache_->folded_trace = run(*cache_->folded_graph, input_);
  return *cache_->folded_trace;
}

void Question::report(std::int64_t done, std::int64_t total) const { report_to(progress, done, total); }

std::span<const Technique* const> all_techniques() {
  static const std::vector<const Technique*> all = [] {
    std::vector<const Technique*> found(techniques::all().begin(), techniques::all().end());
    const std::vector<const Technique*>& derived = techniques::of_recipes();
    found.insert(found.end(), derived.begin(), derived.end());
    std::sort(found.begin(), found.end(), [](const Technique* a, const Technique* b) { return a->name < b->name; });
    return found;
  }();
  return all;
}

const Technique& find_technique(std::string_view name) {
  std::vector<std::string> known;
  for (const Technique* technique : all_techniques()) {
    if (technique->name == name) return *technique;
    known.emplace_back(technique->name);
  }
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "`fovea list` shows them all";
  throw Error(ErrorKind::usage, "there is no technique '" + std::string(name) + "'", hint);
}

namespace {

bool finite(const Tensor& tensor) { return !tensor.is_floating_point() || tensor.isfinite().all().item<bool>(); }

/// Names where NaN or infinity first appears: in a weight, the input, or a node's output.
[[noreturn]] void throw_not_finite(const Subject& subject, std::string_view technique) {
  const Graph& graph = subject.graph();
  for (std::size_t v = 0; v < graph.values().size(); ++v) {
    const Tensor& weight = graph.weights()[v];
    if (!weight.defined() || finite(weight)) continue;
    throw Error(ErrorKind::format,
                "weight '" + graph.values()[v].name +
                    "' holds NaN or infinity, so no map of this "
                    "network means anything",
                "the file is damaged, or its training diverged");
  }
  if (!finite(subject.input())) throw Error(ErrorKind::format, "the input holds NaN or infinity");
  for (const Node& node : graph.nodes()) {
    for (const ValueId output : node.outputs) {
      if (output == no_value || !subject.trace().has(output) || finite(subject.trace().value(output))) continue;
      throw Error(ErrorKind::format,
                  "node '" + node.name + "' (" + std::string(node.op->onnx) + ") gives NaN or infinity on this input",
                  "is it preprocessed as the card says?");
    }
  }
  throw Error(ErrorKind::internal, "technique '" + std::string(technique) + "' gives NaN or infinity");
}

/// Says of a map that shows nothing why: it would be drawn as an even picture.
void add_remark_on_emptiness(Map& map, const Subject& subject, const Objective& objective) {
  const Tensor scores = subject.trace().scores();
  if (scores.size(1) > 1 && scores.min().item<double>() == scores.max().item<double>()) {
    map.notes.push_back("all " + std::to_string(scores.size(1)) +
                        " class scores are equal: the network tells nothing apart here");
  }
  const double low = map.values.min().item<double>();
  const double high = map.values.max().item<double>();
  if (low == 0 && high == 0) {
    map.notes.push_back("the map is 0 everywhere: " + objective.text() +
                        " does not change with what the map is read at");
  } else if (low == high && map.values.numel() > 1) {
    map.notes.emplace_back("the map is the same everywhere: no place counts more than another");
  }
}

}  // namespace

Options options_of(const Technique& technique, const ExplainOptions& choices) {
  return Options("technique '" + std::string(technique.name) + "'", technique.options, technique.presets,
                 choices.preset, choices.settings);
}

Map explain(const Technique& technique, const Subject& subject, const Objective& objective,
            const ExplainOptions& choices) {
  const Options options = options_of(technique, choices);
  if (!finite(subject.trace().scores())) throw_not_finite(subject, technique.name);
  const Objective pinned = objective.pinned(subject.trace(), subject.model().card);
  Map map = technique.explain({subject, pinned, choices.at, options, choices.seed, choices.progress, technique.recipe});
  if (!finite(map.values)) throw_not_finite(subject, technique.name);
  const auto& preprocess = subject.model().card.preprocess;
  if (map.drawing == Drawing::signed_rgb && preprocess) map.channels = preprocess->channels;
  map.values = map.values.detach().to(at::kCPU, at::kFloat).contiguous();
  if (const std::string range = range_text(map.values, map.drawing); !range.empty()) {
    map.notes.push_back("its zero means nothing: drawn from its lowest value to its highest, " + range);
  }
  add_remark_on_emptiness(map, subject, pinned);
  return map;
}

}  // namespace fovea

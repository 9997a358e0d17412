// SPDX-License-Identifier: Apache-2.0
#include <fovea/map_scores.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include <ATen/ops/argsort.h>

#include <fovea/error.h>
#include <fovea/score.h>

#include "core/progress.h"
#include "core/random.h"
#include "score/class_match.h"
#include "score/randomised.h"

namespace fovea {

/// A way to make a map: a technique or a baseline.
struct Explainer {
  std::string_view name;
  const Technique* technique = nullptr;  ///< nothing: a baseline

  bool runs() const { return technique != nullptr && technique->cost == Cost::runs; }
};

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t order_stream = 0x6f72646572;  // keeps the order's numbers apart from the maps'

const Settings& settings_of(const MapQuestions& questions, std::string_view name) {
  static const Settings none;
  const auto found = questions.settings.find(name);
  return found == questions.settings.end() ? none : found->second;
}

/// One picture under examination: everything that its maps and measures share.
class Examination {
 public:
  Examination(const MapQuestions& questions, AnsweredPicture picture, std::int64_t index, std::int64_t label)
      : questions_(questions),
        picture_(std::move(picture)),
        index_(index),
        label_(label),
        subject_(questions.model, picture_.input),
        objective_(logit(label).pinned(subject_.trace(), questions.model.card)) {}

  const AnsweredPicture& picture() const { return picture_; }
  std::int64_t label() const { return label_; }
  const Subject& subject() const { return subject_; }
  const Objective& objective() const { return objective_; }

  /// Asks an explainer about a subject; a baseline's random numbers are new at each call.
  Map ask(const Explainer& explainer, const Subject& subject) {
    if (explainer.technique != nullptr) {
      return explain(*explainer.technique, subject, objective_,
                     {.settings = settings_of(questions_, explainer.name), .seed = questions_.seed});
    }
    const auto stream = (static_cast<std::uint64_t>(index_) << 16U) + asked_++;
    return {.values = baseline_map(explainer.name, subject.input(), questions_.seed, stream), .at = "input"};
  }

  /// The same picture under another network; made once.
  const Subject& under(const Model& model) {
    auto& subject = subjects_[&model];
    if (!subject) subject = std::make_unique<Subject>(model, picture_.input);
    return *subject;
  }

 private:
  const MapQuestions& questions_;
  AnsweredPicture picture_;
  std::int64_t index_;
  std::int64_t label_;
  Subject subject_;
  Objective objective_;
  std::uint64_t asked_ = 0;
  std::map<const Model*, std::unique_ptr<Subject>> subjects_;
};

const MapRow* row_named(const PictureScores* scores, std::string_view name) {
  if (scores == nullptr) return nullptr;
  const auto found =
      std::find_if(scores->rows.begin(), scores->rows.end(), [&](const MapRow& row) { return row.name == name; });
  return found == scores->rows.end() ? nullptr : &*found;
}

/// Tells whether a row holds an answer of every measure that is asked.
bool is_complete(const MapRow& row, const std::vector<const Measure*>& measures,
                 const std::vector<std::size_t>& asked) {
  if (!row.failure.empty()) return true;
  return std::all_of(asked.begin(), asked.end(),
                     [&](std::size_t m) { return row.values.contains(measures[m]->quantities.front().name); });
}

void keep(MapRow& row, const Measure& measure, const Measured& measured) {
  for (std::size_t q = 0; q < measure.quantities.size(); ++q) {
    row.values[std::string(measure.quantities[q].name)] = measured.values[q];
  }
  if (!measured.curve.empty()) row.curves[std::string(measure.name)] = measured.curve;
}

}  // namespace

struct MapScorer::State {
  const MapQuestions& questions;
  std::vector<Explainer> explainers;
  std::vector<Options> measure_options;  ///< one per measure
  std::int64_t layers = 0;
  mutable std::vector<std::int64_t> classes;  ///< the network's class of every label; found at the first picture
  mutable std::map<std::int64_t, std::unique_ptr<Model>> forgetful;  ///< by how many layers forgot

  const Model& without_memory(double share) const {
    const auto count = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(layers)));
    auto& model = forgetful[count];
    if (!model) model = std::make_unique<Model>(randomise_from_top(questions.model, count, questions.seed));
    return *model;
  }

  std::int64_t class_of(std::int64_t label, const Tensor& input) const {
    if (classes.empty()) {
      const Model& model = questions.model;
      const Trace trace =
          run(model.graph, input, {.tape = Tape::none, .keep = KeepValues::none, .until = {model.graph.logits()}});
      classes = match_classes(model.card, trace.scores().size(1), questions.pictures.labels());
    }
    return classes.at(static_cast<std::size_t>(label));
  }

  /// The measures that are asked about an explainer's map.
  std::vector<std::size_t> asked_measures(const Explainer& explainer, Depth depth, bool truth_known) const {
    std::vector<std::size_t> asked;
    for (std::size_t m = 0; m < questions.measures.size(); ++m) {
      const Measure& measure = *questions.measures[m];
      if (measure.needs_truth && !truth_known) continue;
      if (measure.cost == Cost::runs && !depth.runs) continue;
      if (measure.asks_again && explainer.runs() && !depth.asks_again) continue;
      asked.push_back(m);
    }
    return asked;
  }

  MapRow row(Examination& exam, const Explainer& explainer, const std::vector<std::size_t>& asked,
             const OnMap& on_map) const {
    MapRow row{.name = std::string(explainer.name), .baseline = explainer.technique == nullptr};
    const auto begun = Clock::now();
    Map map;
    try {
      map = exam.ask(explainer, exam.subject());
    } catch (const Error& error) {  // the technique does not apply to this network or picture; others do
      if (error.kind() == ErrorKind::internal || error.kind() == ErrorKind::stopped) throw;
      row.failure = error.what();
      return row;
    }
    row.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    if (on_map) on_map(row.name, map, exam.picture());
    const Tensor where = evidence(map, exam.picture().seen.width, exam.picture().seen.height);
    for (const std::size_t m : asked) {
      keep(row, *questions.measures[m],
           measure(*questions.measures[m],
                   {.subject = exam.subject(),
                    .objective = exam.objective(),
                    .map = map,
                    .sensitivity = explainer.technique != nullptr && explainer.technique->sensitivity,
                    .evidence = where,
                    .mask = exam.picture().mask,
                    .boxes = exam.picture().boxes,
                    .mask_of_boxes = exam.picture().mask_of_boxes,
                    .ask = [&](const Subject& subject) { return exam.ask(explainer, subject); },
                    .randomised = [&](double share) -> const Subject& { return exam.under(without_memory(share)); },
                    .options = measure_options[m],
                    .seed = questions.seed}));
    }
    return row;
  }
};

MapScorer::MapScorer(const MapQuestions& questions)
    : state_(std::make_unique<State>(State{.questions = questions,
                                           .explainers = {},
                                           .measure_options = {},
                                           .layers = 0,
                                           .classes = {},
                                           .forgetful = {}})) {
  for (const Technique* technique : questions.techniques) {
    state_->explainers.push_back({technique->name, technique});
    options_of(*technique,
               {.settings = settings_of(questions, technique->name)});  // throws now rather than an hour later
  }
  for (const std::string_view name : baseline_rows()) state_->explainers.push_back({name, nullptr});
  for (const Measure* measure : questions.measures) {
    state_->measure_options.emplace_back("measure '" + std::string(measure->name) + "'", measure->options,
                                         std::span<const Preset>{}, std::string_view{},
                                         settings_of(questions, measure->name));
  }
  state_->layers = static_cast<std::int64_t>(layers_from_top(questions.model.graph).size());
}

MapScorer::~MapScorer() = default;

PictureScores MapScorer::score(std::int64_t index, const ScoreChoices& choices) const {
  const MapQuestions& questions = state_->questions;
  const Sample sample = questions.pictures.at(index);
  const AnsweredPicture picture = answered_picture(sample, questions.model);
  Examination exam(questions, picture, index, state_->class_of(sample.label, picture.input));
  const Tensor& mask = picture.mask;
  const Tensor probabilities = exam.subject().trace().scores()[0].softmax(0);
  PictureScores scores{.index = index,
                       .name = sample.name,
                       .label = exam.label(),
                       .predicted = probabilities.argmax().item<std::int64_t>(),
                       .probability = probabilities[exam.label()].item<double>(),
                       .area = mask.defined() ? mask.to(at::kDouble).mean().item<double>() : 0,
                       .rows = {}};
  std::int64_t done = 0;
  for (const Explainer& explainer : state_->explainers) {
    const auto total = static_cast<std::int64_t>(state_->explainers.size());
    report_to(choices.progress, done++, total);
    const MapRow* old = row_named(choices.known, explainer.name);
    const std::vector<std::size_t> asked = state_->asked_measures(explainer, choices.depth, mask.defined());
    if (old != nullptr && is_complete(*old, questions.measures, asked)) {
      scores.rows.push_back(*old);
    } else if (!explainer.runs() || choices.depth.runs) {
      scores.rows.push_back(state_->row(exam, explainer, asked, choices.on_map));
    }
  }
  return scores;
}

std::vector<std::int64_t> picture_order(const Pictures& pictures, std::int64_t most, bool with_boxes,
                                        std::uint64_t seed, const Progress& progress) {
  std::vector<std::int64_t> order;
  if (pictures.size() == 0) return order;
  const Tensor shuffled = at::argsort(uniform({pictures.size()}, seed, order_stream), /*stable=*/true, 0, false);
  const auto* next = shuffled.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < pictures.size() && static_cast<std::int64_t>(order.size()) < most; ++i) {
    report_to(progress, i, pictures.size());
    if (with_boxes) {
      const Sample sample = pictures.at(next[i]);
      const bool any = sample.mask.defined() || std::any_of(sample.boxes.begin(), sample.boxes.end(),
                                                            [&](const Box& b) { return b.label == sample.label; });
      if (!any) continue;
    }
    order.push_back(next[i]);
  }
  return order;
}

}  // namespace fovea

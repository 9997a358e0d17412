// SPDX-License-Identifier: Apache-2.0
#include <fovea/world_score.h>

#include <algorithm>
#include <chrono>

#include <fovea/error.h>
#include <fovea/score.h>

#include "core/progress.h"

namespace fovea {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t random_points = 0x706f696e74;  // keeps the baseline's numbers apart from the scenes'

int size_of(const Model& model) {
  if (!model.card.preprocess || model.card.labels != world_labels()) {
    throw Error(ErrorKind::usage, "the model '" + model.card.name + "' does not tell the classes of the rendered world",
                "train one: fovea train world --out runs/world");
  }
  return model.card.preprocess->width;
}

void report(const WorldQuestions& questions, std::int64_t done) {
  report_to(questions.progress, done, questions.count);
}

/// A scene as the network is asked about it.
struct Asked {
  WorldScene scene;
  Tensor input;

  int width() const { return scene.picture.width; }
  int height() const { return scene.picture.height; }
};

Asked ask(const WorldQuestions& questions, const WorldOptions& options, std::int64_t index) {
  Asked asked{.scene = render_scene(options, questions.seed, index), .input = {}};
  asked.input = to_input(asked.scene.picture, *questions.model.card.preprocess);
  return asked;
}

Tensor evidence_for(const WorldQuestions& questions, const Technique& technique, const Subject& subject,
                    const Asked& asked, std::int64_t label) {
  const auto found = questions.settings.find(technique.name);
  const Settings settings = found == questions.settings.end() ? Settings{} : found->second;
  const Map map = explain(technique, subject, logit(label), {.settings = settings, .seed = questions.seed});
  return evidence(map, asked.width(), asked.height());
}

/// Tells whether a technique is asked about the scene after `done` others.
bool is_asked(const WorldQuestions& questions, const Technique& technique, std::int64_t done) {
  return technique.cost == Cost::walks || questions.sampling_count <= 0 || done < questions.sampling_count;
}

/// What is counted of one way of pointing.
struct Count {
  PointingScore all;
  std::int64_t scenes = 0;
  std::int64_t off_centre_scenes = 0;
  std::int64_t off_centre = 0;  ///< of them, hits
  double energy = 0;
  double seconds = 0;

  void add(std::int64_t label, bool hit, bool is_off_centre) {
    ++scenes;
    all.add(label, hit);
    if (is_off_centre) ++off_centre_scenes;
    if (is_off_centre && hit) ++off_centre;
  }

  PointingRow row(std::string name, bool baseline) const {
    const auto asked = static_cast<double>(std::max<std::int64_t>(scenes, 1));
    return {.name = std::move(name),
            .baseline = baseline,
            .scenes = scenes,
            .all = all.mean(),
            .off_centre =
                static_cast<double>(off_centre) / static_cast<double>(std::max<std::int64_t>(off_centre_scenes, 1)),
            .energy = energy / asked,
            .seconds = seconds / asked};
  }
};

}  // namespace

PointingScores point_at_world(const WorldQuestions& questions) {
  const WorldOptions options{.size = size_of(questions.model), .biases = {}};
  const double tolerance = pointing_tolerance(options.size);
  std::vector<Count> counts(questions.techniques.size());
  Count centre;
  Count random;
  PointingScores scores;
  for (std::int64_t index = questions.first; scores.scenes < questions.count; ++index) {
    const Asked asked = ask(questions, options, index);
    const WorldObject& object = asked.scene.objects.front();
    const bool at_centre = point_hit(centre_point(asked.width(), asked.height()), object.mask, tolerance);
    if (at_centre && questions.off_centre_only) continue;
    const Subject subject(questions.model, asked.input);
    const bool right = subject.trace().scores()[0].argmax().item<std::int64_t>() == object.label;
    scores.accuracy += right ? 1 : 0;
    const auto stream = static_cast<std::uint64_t>(index);
    const Point drawn = random_point(asked.width(), asked.height(), questions.seed ^ random_points, stream);
    ++scores.scenes;
    scores.off_centre += at_centre ? 0 : 1;
    centre.add(object.label, at_centre, !at_centre);
    random.add(object.label, point_hit(drawn, object.mask, tolerance), !at_centre);
    const double on_object = object.mask.to(at::kDouble).mean().item<double>();  // of evidence spread evenly
    centre.energy += on_object;
    random.energy += on_object;
    for (std::size_t t = 0; t < counts.size(); ++t) {
      if (!is_asked(questions, *questions.techniques[t], scores.scenes - 1)) continue;
      const auto begun = Clock::now();
      const Tensor map = evidence_for(questions, *questions.techniques[t], subject, asked, object.label);
      counts[t].seconds += std::chrono::duration<double>(Clock::now() - begun).count();
      counts[t].add(object.label, pointing_hit(map, object.mask, tolerance), !at_centre);
      counts[t].energy += energy_share(map, object.mask);
    }
    report(questions, scores.scenes);
  }
  for (std::size_t t = 0; t < counts.size(); ++t) {
    scores.rows.push_back(counts[t].row(std::string(questions.techniques[t]->name), false));
  }
  scores.rows.push_back(centre.row("centre", true));
  scores.rows.push_back(random.row("random", true));
  scores.accuracy /= static_cast<double>(std::max<std::int64_t>(scores.scenes, 1));
  return scores;
}

std::vector<TwoClassRow> tell_classes_apart(const WorldQuestions& questions) {
  const WorldOptions options{.size = size_of(questions.model), .biases = {}, .two_objects = true};
  const double tolerance = pointing_tolerance(options.size);
  std::vector<TwoClassRow> rows;
  for (const Technique* technique : questions.techniques) rows.push_back({.name = std::string(technique->name)});
  for (std::int64_t i = 0; i < questions.count; ++i) {
    const Asked asked = ask(questions, options, questions.first + i);
    const Subject subject(questions.model, asked.input);
    for (std::size_t which = 0; which < 2; ++which) {
      const WorldObject& object = asked.scene.objects.at(which);
      const WorldObject& other = asked.scene.objects.at(1 - which);
      for (std::size_t t = 0; t < rows.size(); ++t) {
        const Tensor map = evidence_for(questions, *questions.techniques[t], subject, asked, object.label);
        rows[t].asked += pointing_hit(map, object.mask, tolerance) ? 1 : 0;
        rows[t].other += pointing_hit(map, other.mask, tolerance) ? 1 : 0;
      }
    }
    report(questions, i + 1);
  }
  const double asked = 2 * static_cast<double>(std::max<std::int64_t>(questions.count, 1));
  for (TwoClassRow& row : rows) {
    row.asked /= asked;
    row.other /= asked;
  }
  return rows;
}

std::vector<ContextRow> evidence_on_context(const WorldQuestions& questions, const WorldBias& bias) {
  WorldBias always = bias;  // every scene of the class that is looked at shows the context
  always.rate = 1;
  const WorldOptions options{.size = size_of(questions.model), .biases = {always}};
  const auto& labels = world_labels();
  const std::int64_t label = std::find(labels.begin(), labels.end(), bias.label) - labels.begin();
  std::vector<ContextRow> rows;
  for (const Technique* technique : questions.techniques) rows.push_back({.name = std::string(technique->name)});
  std::vector<std::int64_t> shown(rows.size(), 0);
  std::int64_t looked_at = 0;
  for (std::int64_t index = questions.first; looked_at < questions.count; ++index) {
    if (scene_label(questions.seed, index) != label) continue;
    const Asked asked = ask(questions, options, index);
    report(questions, ++looked_at);
    if (asked.scene.context_name != bias.context) continue;  // a scene too full for it
    const Subject subject(questions.model, asked.input);
    const double area = asked.scene.context.to(at::kDouble).mean().item<double>();
    for (std::size_t t = 0; t < rows.size(); ++t) {
      if (!is_asked(questions, *questions.techniques[t], looked_at - 1)) continue;
      ++shown[t];
      const Tensor map = evidence_for(questions, *questions.techniques[t], subject, asked, label);
      rows[t].share += share_on(map, asked.scene.context);
      rows[t].area_share += area;
    }
  }
  for (std::size_t t = 0; t < rows.size(); ++t) {
    rows[t].share /= static_cast<double>(std::max<std::int64_t>(shown[t], 1));
    rows[t].area_share /= static_cast<double>(std::max<std::int64_t>(shown[t], 1));
  }
  return rows;
}

}  // namespace fovea

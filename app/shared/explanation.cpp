// Explaining one picture.
// SPDX-License-Identifier: Apache-2.0
#include "shared/explanation.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include <fovea/error.h>

#include "core/sha256.h"
#include "shared/device.h"
#include "shared/interrupt.h"
#include "shared/progress.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

class Watch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::vector<const Technique*> named_techniques(std::string_view names) {
  if (names == "all") return {all_techniques().begin(), all_techniques().end()};
  std::vector<const Technique*> techniques;
  while (true) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const Technique& technique = find_technique(names.substr(0, comma));
    if (std::find(techniques.begin(), techniques.end(), &technique) == techniques.end()) {
      techniques.push_back(&technique);
    }
    if (comma == names.size()) return techniques;
    names.remove_prefix(comma + 1);
  }
}

bool has_option(const Technique& technique, std::string_view name) {
  return std::any_of(technique.options.begin(), technique.options.end(),
                     [&](const Option& option) { return option.name == name; });
}

bool has_preset(const Technique& technique, std::string_view name) {
  return std::any_of(technique.presets.begin(), technique.presets.end(),
                     [&](const Preset& preset) { return preset.name == name; });
}

/// Throws naming an option or preset that none of several techniques has.
[[noreturn]] void nobody_has(std::string_view what, const std::string& name, const std::vector<std::string>& known) {
  const std::string near = did_you_mean(name, known);
  throw Error(ErrorKind::usage, fmt::format("none of the techniques has {} '{}'", what, name),
              near.empty() ? "`fovea list NAME` tells what a technique has" : near);
}

void require_somebody_has(const std::vector<const Technique*>& techniques, const std::string& preset,
                          const Settings& settings) {
  std::vector<std::string> options;
  std::vector<std::string> presets;
  for (const Technique* technique : techniques) {
    for (const Option& option : technique->options) options.emplace_back(option.name);
    for (const Preset& known : technique->presets) presets.emplace_back(known.name);
  }
  for (const auto& [name, value] : settings) {
    if (std::find(options.begin(), options.end(), name) == options.end()) nobody_has("option", name, options);
  }
  const bool found = preset.empty() || std::find(presets.begin(), presets.end(), preset) != presets.end();
  if (!found) nobody_has("preset", preset, presets);
}

Opinion opinion_of(const Model& model, const Tensor& scores, std::int64_t index) {
  return {index, label_of(model.card, index), scores[index].item<double>(), scores.softmax(0)[index].item<double>()};
}

double value_of(const Objective& objective, const Trace& trace, const Card& card) {
  return objective.evaluate(trace.graph(), card, [&](ValueId value) { return trace.value(value); }).item<double>();
}

Answer ask(const Request& request, const Choice& choice, const Subject& subject) {
  const Watch watch;
  const ExplainOptions options{.at = request.at,
                               .preset = choice.preset,
                               .settings = choice.settings,
                               .seed = request.common.seed,
                               .progress = progress_on_stderr(std::string(choice.technique->name))};
  Answer answer{.choice = &choice, .options = options_of(*choice.technique, options).all()};
  answer.map = fovea::explain(*choice.technique, subject, request.objective, options);
  answer.seconds = watch.seconds();
  return answer;
}

void ask_all(const Request& request, const Subject& subject, Explanation& explanation) {
  for (const Choice& choice : request.choices) {
    stop_if_interrupted();
    try {
      explanation.answers.push_back(ask(request, choice, subject));
    } catch (const Error& error) {
      const bool last_hope = &choice == &request.choices.back() && explanation.answers.empty();
      if (!request.skip_failing || error.kind() == ErrorKind::stopped || last_hope) throw;
      explanation.skipped.push_back({std::string(choice.technique->name), error.what()});
    }
  }
}

std::string tile_label(const Answer& answer, const Model& model) {
  const std::string& input = model.graph.name(model.graph.inputs().front());
  const std::string at = answer.map.at == input ? "" : " at " + answer.map.at;
  const std::string range = range_text(answer.map.values, answer.map.drawing);
  return std::string(answer.choice->technique->name) + at + (range.empty() ? "" : ", " + range);
}

}  // namespace

std::vector<Choice> choose_techniques(const std::string& names, const std::string& preset, const Settings& settings) {
  const std::vector<const Technique*> techniques = named_techniques(names);
  if (techniques.size() > 1) require_somebody_has(techniques, preset, settings);
  std::vector<Choice> choices;
  for (const Technique* technique : techniques) {
    Choice choice{.technique = technique};
    if (techniques.size() == 1) choice = {technique, preset, settings};
    if (has_preset(*technique, preset)) choice.preset = preset;
    for (const auto& [name, value] : settings) {
      if (has_option(*technique, name)) choice.settings[name] = value;
    }
    options_of(*technique, {.preset = choice.preset, .settings = choice.settings});  // throws on a wrong value
    choices.push_back(std::move(choice));
  }
  return choices;
}

Objective class_objective(const std::string& name) {
  for (const ObjectiveKind* kind : all_objectives()) {
    if (kind->name == "logit") return {*kind, {name}};
  }
  throw Error(ErrorKind::internal, "objective 'logit' is missing from the table");
}

Tensor as_computed(const Tensor& input, const Request& request) {
  const Tensor placed = to_device(input, request.common.device);
  return request.precision == "float64" ? placed.to(at::kDouble) : placed;
}

Model open_model(const Request& request) {
  Model model = open_model(request.model, request.common);
  if (request.precision == "float64") model.graph = to_type(model.graph, at::kDouble);
  return model;
}

Explanation explain_picture(const Request& request, const Model& model, const std::filesystem::path& picture) {
  const Watch watch;
  Explanation explanation{.input = read_input(picture, model), .input_hash = sha256_hex_of_file(picture)};
  if (explanation.input.tensor.size(0) != 1) {
    throw Error(ErrorKind::usage,
                fmt::format("{} holds {} pictures, expected one", picture.string(), explanation.input.tensor.size(0)),
                "save each as a [C,H,W] of its own");
  }
  const Subject subject(model, as_computed(explanation.input.tensor, request));
  const Trace& trace = subject.trace();
  require_finite(model, trace.scores());
  explanation.run_seconds = watch.seconds();
  const Tensor scores = trace.scores()[0].to(at::kCPU);
  const Objective pinned = request.objective.pinned(trace, model.card);
  explanation.objective = pinned.text();
  explanation.value = value_of(pinned, trace, model.card);
  explanation.top = opinion_of(model, scores, scores.argmax().item<std::int64_t>());
  if (const auto index = pinned.asked_class()) explanation.asked = opinion_of(model, scores, *index);
  ask_all(request, subject, explanation);
  return explanation;
}

Figure draw_answer(const Answer& answer, const Input& input) {
  if (input.seen.width > 0) return draw(answer.map, input.seen);
  throw Error(ErrorKind::usage, "the network's input is no picture, so no map over it can be drawn",
              "write it as .npy");
}

Figure draw_sheet(const Explanation& explanation, const Model& model) {
  constexpr double widest = 1.34;  // columns to rows, as screens are
  std::vector<Tile> tiles;
  tiles.push_back({explanation.input.seen, "seen: " + opinion_text(explanation.top)});
  for (const Answer& answer : explanation.answers) {
    tiles.push_back({draw_answer(answer, explanation.input), tile_label(answer, model)});
  }
  const auto count = static_cast<double>(tiles.size());
  const std::string label = explanation.asked ? " (" + explanation.asked->label + ")" : "";
  const std::string title =
      fmt::format("{} | {} | {}{} = {}", model.card.name, explanation.input.path.filename().string(),
                  explanation.objective, label, number_text(explanation.value));
  return sheet(tiles, static_cast<int>(std::ceil(std::sqrt(count * widest))), title);
}

std::string opinion_text(const Opinion& opinion) {
  return fmt::format("{}, {}", class_text(opinion.label, opinion.index), percent_text(opinion.probability));
}

}  // namespace fovea::cli

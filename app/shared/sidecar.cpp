// Writing and reading sidecars.
// SPDX-License-Identifier: Apache-2.0
#include "shared/sidecar.h"

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/threads.h>
#include <fovea/version.h>

#include "core/atomic_file.h"
#include "core/sha256.h"
#include "shared/fonts.h"
#include "shared/place.h"

namespace fovea::cli {
namespace {

constexpr std::uintmax_t most_sidecar_bytes = 16 << 20;

std::string preprocess_text(const Model& model) {
  return model.card.preprocess ? describe(*model.card.preprocess) : std::string();
}

Json read_json(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_whole(path, most_sidecar_bytes);
  return Json::parse_or_null(bytes);
}

bool speaks_of_explain(const Json& json) {
  return json.is_object() && json.contains("fovea") && json.value("verb", Json()) == "explain";
}

Choice read_choice(const Json& json) {
  Choice choice{.technique = &find_technique(json.at("technique").get<std::string>())};
  for (const auto& [name, value] : json.at("options").items()) choice.settings[name] = value.get<std::string>();
  return choice;  // the options hold what the preset said
}

Rerun read_rerun(const Json& json) {
  Rerun rerun;
  Request& request = rerun.request;
  request.model.path = json.at("model").at("path").get<std::string>();
  request.model.options.preprocess = json.at("model").at("preprocess_option").get<std::string>();
  request.model.options.logits = json.at("model").at("logits_option").get<std::string>();
  request.common.threads = json.at("threads").get<int>();
  request.common.seed = json.at("seed").get<std::uint64_t>();
  request.common.device = json.at("device").get<std::string>();
  request.precision = json.value("precision", request.precision);
  request.techniques = json.at("technique").get<std::string>();
  request.objective = parse_objective(json.at("objective").get<std::string>());
  request.at = json.at("at").get<std::string>();
  request.sheet = json.contains("maps");
  if (!request.sheet)
    request.choices.push_back(read_choice(json));
  else
    for (const Json& map : json.at("maps")) request.choices.push_back(read_choice(map));
  if (json.contains("clip")) rerun.every = json.at("clip").at("every").get<std::int64_t>();
  rerun.picture = json.at("input").at("path").get<std::string>();
  rerun.out = json.at("output").get<std::string>();
  rerun.version = json.at("fovea").get<std::string>();
  rerun.model_hash = json.at("model").at("sha256").get<std::string>();
  rerun.preprocess = json.at("model").at("preprocess").get<std::string>();
  rerun.input_hash = json.at("input").at("sha256").get<std::string>();
  return rerun;
}

}  // namespace

std::filesystem::path sidecar_of(const std::filesystem::path& result) {
  return std::filesystem::path(result).replace_extension(".json");
}

bool is_sidecar(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && speaks_of_explain(read_json(path));
}

Json to_json(const Opinion& opinion) {
  return {{"index", opinion.index},
          {"label", opinion.label},
          {"score", opinion.score},
          {"probability", opinion.probability}};
}

Json to_json(const Answer& answer) {
  Json figures = Json::object();
  for (const auto& [name, number] : answer.map.figures) figures[name] = number;
  Json options = Json::object();
  for (const auto& [name, value] : answer.options) options[name] = value;
  return {{"technique", answer.choice->technique->name},
          {"preset", answer.choice->preset},
          {"options", options},
          {"read_at", answer.map.at},
          {"shape", answer.map.values.sizes().vec()},
          {"notes", answer.map.notes},
          {"figures", figures},
          {"seconds", answer.seconds}};
}

namespace {

/// What every sidecar begins with.
Json sidecar_head(const Request& request, const Model& model, const std::filesystem::path& input,
                  const std::string& input_hash, const std::filesystem::path& result) {
  return {{"fovea", version()},
          {"verb", "explain"},
          {"output", absolute_text(result)},
          {"model",
           {{"path", absolute_text(model.path)},
            {"sha256", model.hash},
            {"preprocess", preprocess_text(model)},
            {"preprocess_option", request.model.options.preprocess},
            {"logits_option", request.model.options.logits}}},
          {"input", {{"path", absolute_text(input)}, {"sha256", input_hash}}}};
}

/// How and on what it ran.
void add_circumstances(Json& json, const Request& request) {
  json["seed"] = request.common.seed;
  json["threads"] = thread_count();
  json["device"] = request.common.device;
  json["precision"] = request.precision;
}

}  // namespace

Json clip_sidecar(const ClipRequest& clip, const Model& model, const ExplainedClip& explained, double load_seconds) {
  const Choice& choice = clip.request.choices.front();
  Json json = sidecar_head(clip.request, model, clip.clip, explained.input_hash, clip.out);
  json["objective"] = clip.request.objective.text();
  json["at"] = clip.request.at;
  json["technique"] = choice.technique->name;
  json["preset"] = choice.preset;
  json["options"] = explained.options;
  json["read_at"] = explained.at;
  json["clip"] = {{"every", clip.every},         {"frames", explained.frames}, {"explained", explained.explained},
                  {"width", explained.width},    {"height", explained.height}, {"strength", explained.strength},
                  {"classes", explained.classes}};
  add_circumstances(json, clip.request);
  name_fonts(json, explained.fonts);
  json["timings"] = {{"load", load_seconds}, {"explain", explained.seconds}};
  return json;
}

Json sidecar(const Request& request, const Model& model, const Explanation& explanation, const Answer* answer,
             const std::filesystem::path& result, const Figure& drawn, double load_seconds) {
  Json json = sidecar_head(request, model, explanation.input.path, explanation.input_hash, result);
  json["objective"] = explanation.objective;
  json["value"] = explanation.value;
  json["top"] = to_json(explanation.top);
  if (explanation.asked) json["class"] = to_json(*explanation.asked);
  json["at"] = request.at;
  if (answer != nullptr) {
    json.update(to_json(*answer));
    json.erase("seconds");
  } else {
    json["technique"] = request.techniques;
    json["maps"] = Json::array();
    for (const Answer& one : explanation.answers) json["maps"].push_back(to_json(one));
    for (const Skipped& one : explanation.skipped) {
      json["skipped"].push_back({{"technique", one.technique}, {"reason", one.reason}});
    }
  }
  double seconds = 0;
  for (const Answer& one : explanation.answers) seconds += answer == nullptr || answer == &one ? one.seconds : 0;
  add_circumstances(json, request);
  name_fonts(json, drawn);
  json["timings"] = {{"load", load_seconds}, {"run", explanation.run_seconds}, {"explain", seconds}};
  return json;
}

Rerun read_sidecar(const std::filesystem::path& path) {
  const Json json = read_json(path);
  if (!speaks_of_explain(json)) {
    throw Error(ErrorKind::format, path.string() + " is no sidecar of `fovea explain`",
                "a sidecar lies beside every picture that `fovea explain --out` writes");
  }
  try {
    return read_rerun(json);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::format, fmt::format("{} is a broken sidecar: {}", path.string(), error.what()),
                "get it again, or explain anew");
  }
}

void require_unchanged(const Rerun& rerun, const Model& model) {
  constexpr std::size_t shown = 12;
  const auto require = [](const std::string& what, const std::string& then, const std::string& now) {
    if (then == now) return;
    throw Error(ErrorKind::file,
                fmt::format("{} has changed since the sidecar was written: then {}, now {}", what,
                            then.substr(0, shown), now.substr(0, shown)),
                "name the right ones: fovea explain MODEL IMAGE --from FILE.json");
  };
  require(model.path.string(), rerun.model_hash, model.hash);
  require(rerun.picture.string(), rerun.input_hash, sha256_hex_of_file(rerun.picture));
  if (rerun.preprocess == preprocess_text(model)) return;
  throw Error(ErrorKind::file,
              fmt::format("the preprocessing of {} has changed since the sidecar was written", model.path.string()),
              fmt::format("then: {}; now: {}", rerun.preprocess, preprocess_text(model)));
}

}  // namespace fovea::cli

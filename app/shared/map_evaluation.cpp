// SPDX-License-Identifier: Apache-2.0
#include "shared/map_evaluation.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include <fovea/error.h>

#include "shared/arguments.h"
#include "shared/interrupt.h"
#include "shared/place.h"
#include "shared/progress.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

constexpr int shown_map_px = 192;  // of a drawn map

// --- a picture's numbers as JSON ---

Json to_json(const MapRow& row) {
  Json json{{"name", row.name}, {"seconds", row.seconds}};
  if (row.baseline) json["baseline"] = true;
  if (!row.failure.empty()) json["failure"] = row.failure;
  json["values"] = row.values;  // NaN becomes null
  if (!row.curves.empty()) json["curves"] = row.curves;
  return json;
}

Json to_json(const PictureScores& scores) {
  Json json{{"index", scores.index},         {"name", scores.name}, {"label", scores.label},
            {"predicted", scores.predicted}, {"area", scores.area}, {"probability", scores.probability},
            {"rows", Json::array()}};
  for (const MapRow& row : scores.rows) json["rows"].push_back(to_json(row));
  return json;
}

MapRow row_of(const Json& json) {
  MapRow row{.name = json.at("name"), .baseline = json.value("baseline", false), .seconds = json.at("seconds")};
  row.failure = json.value("failure", std::string());
  for (const auto& [name, value] : json.at("values").items()) {
    row.values[name] = value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
  }
  if (json.contains("curves")) row.curves = json.at("curves").get<decltype(row.curves)>();
  return row;
}

std::string rest_of(std::ifstream& stream) {
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Reads one picture's file; nothing when there is none, or it is damaged: then it is made anew.
std::optional<PictureScores> read_scores(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) return std::nullopt;
  try {
    const Json json = Json::parse(rest_of(stream));
    PictureScores scores{.index = json.at("index"),
                         .name = json.at("name"),
                         .label = json.at("label"),
                         .predicted = json.at("predicted"),
                         .probability = json.at("probability"),
                         .area = json.at("area"),
                         .rows = {}};
    for (const Json& row : json.at("rows")) scores.rows.push_back(row_of(row));
    return scores;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

// --- the folder ---

/// Throws unless the folder is empty, or holds an evaluation of the same network, data and settings.
void claim_folder(const MapEvaluation& evaluation) {
  const fs::path file = evaluation.out / "asked.json";
  std::error_code ignored;
  make_folder(evaluation.out / "pictures");
  make_folder(evaluation.out / "maps");
  std::ifstream stream(file);
  if (!stream) {
    write_text(file, text_of(evaluation.asked) + "\n");
    return;
  }
  Json known;
  try {
    known = Json::parse(rest_of(stream));
  } catch (const Json::exception&) {
    throw Error(ErrorKind::format, fmt::format("{} is no JSON", file.string()),
                "remove the folder, or name another by --out");
  }
  for (const auto& [key, value] : evaluation.asked.items()) {
    if (known.contains(key) && known[key] == value) continue;
    throw Error(ErrorKind::usage,
                fmt::format("{} holds an evaluation with another {}: {} there, {} asked", evaluation.out.string(), key,
                            known.contains(key) ? known[key].dump() : "none", value.dump()),
                "name another folder by --out");
  }
}

fs::path file_of(const MapEvaluation& evaluation, std::int64_t index) {
  return evaluation.out / "pictures" / fmt::format("{:06}.json", index);
}

/// Keeps drawn maps of the first pictures.
OnMap drawer(const fs::path& folder, std::int64_t index) {
  return [folder, index](std::string_view name, const Map& map, const AnsweredPicture& picture) {
    const Image big = resize(picture.seen, shown_map_px, shown_map_px * picture.seen.height / picture.seen.width,
                             Interpolation::cubic);
    const fs::path seen = folder / fmt::format("{:06}_seen.png", index);
    if (!fs::exists(seen)) write_image(seen, big);
    Image drawn = rasterise(draw(map, big));
    if (drawn.width != big.width) drawn = resize(drawn, big.width, big.height, Interpolation::cubic);
    write_image(folder / fmt::format("{:06}_{}.png", index, name), drawn);
  };
}

bool wants_truth(const MapQuestions& questions) {
  return std::any_of(questions.measures.begin(), questions.measures.end(),
                     [](const Measure* measure) { return measure->needs_truth; });
}

template <class Described>
bool has_option(const Described& described, std::string_view name) {
  return std::any_of(described.options.begin(), described.options.end(),
                     [&](const Option& option) { return option.name == name; });
}

}  // namespace

std::map<std::string, Settings, std::less<>> map_settings(const std::vector<std::string>& pairs,
                                                          const std::vector<const Technique*>& techniques,
                                                          const std::vector<const Measure*>& measures) {
  std::map<std::string, Settings, std::less<>> settings;
  for (const std::string& pair : pairs) {
    const auto [key, value] = split_pair("--set", pair);
    const std::size_t dot = key.find('.');
    const std::string owner = dot == std::string::npos ? "" : key.substr(0, dot);
    const std::string option = dot == std::string::npos ? key : key.substr(dot + 1);
    bool anybody = false;
    const auto offer = [&](const auto& described) {
      const bool meant = owner.empty() || owner == described.name;
      if (!meant || !has_option(described, option)) return;
      settings[std::string(described.name)][option] = value;
      anybody = true;
    };
    for (const Technique* technique : techniques) offer(*technique);
    for (const Measure* measure : measures) offer(*measure);
    if (anybody) continue;
    throw Error(ErrorKind::usage,
                owner.empty() ? fmt::format("no technique or measure that is asked has option '{}'", option)
                              : fmt::format("'{}' is not asked, or has no option '{}'", owner, option),
                "`fovea list NAME` tells the options; --set NAME.OPTION=VALUE sets one of theirs");
  }
  return settings;
}

std::vector<const Measure*> choose_measures(const std::string& names) {
  if (names == "all") return {all_measures().begin(), all_measures().end()};
  std::vector<const Measure*> measures;
  std::string_view left = names;
  while (true) {
    const std::size_t comma = std::min(left.find(','), left.size());
    const Measure& measure = find_measure(left.substr(0, comma));
    if (std::find(measures.begin(), measures.end(), &measure) == measures.end()) measures.push_back(&measure);
    if (comma == left.size()) return measures;
    left.remove_prefix(comma + 1);
  }
}

MapEvaluationResult evaluate_maps(const MapEvaluation& evaluation) {
  const MapScorer scorer(evaluation.questions);  // before the folder is made: its settings may be wrong
  claim_folder(evaluation);
  const MapQuestions& questions = evaluation.questions;
  const std::int64_t most = evaluation.pictures > 0 ? evaluation.pictures : questions.pictures.size();
  const std::vector<std::int64_t> order = picture_order(questions.pictures, most, wants_truth(questions),
                                                        questions.seed, progress_on_stderr("looking for boxes"));
  if (order.empty()) {
    throw Error(
        ErrorKind::usage, "none of the pictures has a box, so nothing tells where the objects are",
        "give the data set a boxes.csv, or ask only measures that need none: --measure insertion,deletion,road");
  }
  MapEvaluationResult result;
  const Progress bar = progress_on_stderr("evaluate");
  const auto count = static_cast<std::int64_t>(order.size());
  for (std::int64_t i = 0; i < count; ++i) {
    stop_if_interrupted();
    const std::int64_t index = order[static_cast<std::size_t>(i)];
    const std::optional<PictureScores> known = read_scores(file_of(evaluation, index));
    ScoreChoices choices{.depth = {.runs = i < evaluation.sampled, .asks_again = i < evaluation.repeated},
                         .known = known ? &*known : nullptr};
    bool asked_anything = false;
    choices.progress = [&](std::int64_t done, std::int64_t total) {
      return !bar || bar(i * total + done, count * total);
    };
    const OnMap draw_it = i < evaluation.shown ? drawer(evaluation.out / "maps", index) : OnMap{};
    choices.on_map = [&](std::string_view name, const Map& map, const AnsweredPicture& picture) {
      asked_anything = true;
      if (draw_it) draw_it(name, map, picture);
    };
    try {
      result.pictures.push_back(scorer.score(index, choices));
    } catch (const Error& error) {
      const ErrorKind kind = error.kind();
      if (kind == ErrorKind::stopped || kind == ErrorKind::internal || kind == ErrorKind::usage) throw;
      result.left_out.push_back({questions.pictures.name(index), error.what()});
      continue;
    }
    if (asked_anything)
      write_text(file_of(evaluation, index), text_of(to_json(result.pictures.back())) + "\n");
    else
      ++result.taken_over;
  }
  if (result.pictures.empty()) {
    throw Error(ErrorKind::format, fmt::format("none of {} pictures could be read; the first: {}: {}", count,
                                               result.left_out.front().name, result.left_out.front().reason));
  }
  return result;
}

}  // namespace fovea::cli

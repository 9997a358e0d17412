// fovea evaluate: how well a network does on labelled pictures; with --technique, how far techniques' maps can be
// believed.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/train.h>
#include <fovea/version.h>

#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/explanation.h"
#include "shared/json.h"
#include "shared/map_evaluation.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::evaluate {
namespace {

constexpr std::int64_t usual_pictures = 100;  // that techniques are asked about

struct Choices {
  ModelChoice model;
  DataChoice data;
  Common common;
  std::int64_t batch = 32;
  std::string techniques;
  std::string measures = "all";
  std::vector<std::string> settings;
  std::string out;
  std::int64_t sampled = 50;
  std::int64_t repeated = 10;
  struct {
    bool sampled = false;
    bool repeated = false;
    bool seed = false;
  } given{};
};

/// Pairs of classes that are taken for each other most often.
struct Confusion {
  std::size_t truth;
  std::size_t predicted;
  std::int64_t count;
};

std::vector<Confusion> worst_confusions(const Evaluation& result, std::size_t most) {
  std::vector<Confusion> all;
  for (std::size_t t = 0; t < result.confusion.size(); ++t) {
    for (std::size_t p = 0; p < result.confusion[t].size(); ++p) {
      if (t != p && result.confusion[t][p] > 0) all.push_back({t, p, result.confusion[t][p]});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Confusion& a, const Confusion& b) { return a.count > b.count; });
  if (all.size() > most) all.resize(most);
  return all;
}

void print(const Evaluation& result, const std::vector<std::string>& labels) {
  constexpr std::size_t shown = 5;
  fmt::print("{} pictures: top-1 {}, top-5 {}, cross-entropy {:.4f}\n", result.pictures, percent_text(result.top1),
             percent_text(result.top5), result.loss);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t c = 0; c < result.confusion.size(); ++c) {
    std::int64_t total = 0;
    for (const std::int64_t count : result.confusion[c]) total += count;
    const double right = total > 0 ? static_cast<double>(result.confusion[c][c]) / static_cast<double>(total) : 0;
    rows.push_back({labels[c], std::to_string(total), percent_text(right)});
  }
  fmt::print("{}", table_text({{"class"}, {"pictures", true}, {"right", true}}, rows));
  for (const Confusion& c : worst_confusions(result, shown)) {
    fmt::print("{} taken for {}: {}\n", labels[c.truth], labels[c.predicted], c.count);
  }
  for (const Broken& broken : result.broken) fmt::print("left out {}: {}\n", broken.name, broken.reason);
}

int evaluate_model(const Choices& choices) {
  if (choices.given.seed && !choices.data.given.pictures) {
    throw Error(ErrorKind::usage, "--seed draws the pictures of --pictures, and all are asked about",
                "leave it out, or add --pictures N");
  }
  check_data(choices.data);
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  const Data data = open_data(choices.data, scene_size_of(model));
  print_note(data.note);
  const auto pictures = taken_of(*data.everything, choices.data, choices.common.seed);
  const Evaluation result = fovea::evaluate(model, *pictures, choices.batch, 1, progress_on_stderr("evaluate"));
  if (!choices.common.json) {
    print(result, pictures->labels());
    return 0;
  }
  Json broken = Json::array();
  for (const Broken& b : result.broken) broken.push_back({{"name", b.name}, {"reason", b.reason}});
  const Json json{{"pictures", result.pictures},   {"split", data.split}, {"top1", result.top1},
                  {"top5", result.top5},           {"loss", result.loss}, {"labels", pictures->labels()},
                  {"confusion", result.confusion}, {"broken", broken}};
  fmt::print("{}\n", text_of(json));
  return 0;
}

/// How many pictures techniques are asked about; 0: all.
std::int64_t pictures_of(const Choices& choices) {
  return choices.data.given.pictures ? choices.data.pictures : usual_pictures;
}

/// Throws where a part of the pictures is said to be larger than what it is a part of.
void check_parts(const Choices& choices) {
  const std::int64_t asked = pictures_of(choices);
  const std::int64_t pictures = asked > 0 ? asked : std::numeric_limits<std::int64_t>::max();
  const auto require = [](bool given, const char* part, std::int64_t few, const char* whole, std::int64_t many) {
    if (!given || few <= many) return;
    throw Error(ErrorKind::usage, fmt::format("{} {} is more than {} {}", part, few, whole, many),
                "each is a part of the one before: --pictures, --sampled, --repeated");
  };
  require(choices.given.sampled, "--sampled", choices.sampled, "--pictures", pictures);
  require(choices.given.repeated, "--repeated", choices.repeated, "--sampled", std::min(choices.sampled, pictures));
}

/// What makes numbers comparable, for a reader and for going on later.
Json asked_of(const Choices& choices, const Model& model, const Data& data) {
  return {{"network", model.path.stem().string()},
          {"hash", model.hash},
          {"preprocess", model.card.preprocess ? describe(*model.card.preprocess) : ""},
          {"data", words_of(choices.data, data)},
          {"source", data.told},
          {"seed", choices.common.seed},
          {"settings", choices.settings},
          {"version", version()}};
}

int evaluate_techniques(const Choices& choices) {
  if (choices.out.empty()) {
    throw Error(ErrorKind::usage, "--out is required with --technique",
                "name a folder; an evaluation that was stopped goes on there");
  }
  check_parts(choices);
  check_data(choices.data);
  require_creatable(choices.out);
  apply(choices.common);
  std::vector<const Technique*> techniques;
  for (const Choice& choice : choose_techniques(choices.techniques, "", {})) techniques.push_back(choice.technique);
  const std::vector<const Measure*> measures = choose_measures(choices.measures);
  const auto settings = map_settings(choices.settings, techniques, measures);
  const Model model = open_model(choices.model, choices.common);
  const Data data = open_data(choices.data, scene_size_of(model));
  print_note(data.note);
  const MapEvaluation evaluation{.questions = {.model = model,
                                               .pictures = *data.everything,
                                               .techniques = techniques,
                                               .measures = measures,
                                               .settings = settings,
                                               .seed = choices.common.seed},
                                 .asked = asked_of(choices, model, data),
                                 .out = choices.out,
                                 .pictures = pictures_of(choices),
                                 .sampled = choices.sampled,
                                 .repeated = choices.repeated};
  const MapEvaluationResult result = evaluate_maps(evaluation);
  const MapTable table = summarise(result.pictures, measures);
  const std::vector<std::string> files = write_map_report(evaluation, result, table);
  if (choices.common.json) {
    fmt::print("{}\n",
               text_of(Json{{"pictures", table.pictures}, {"taken_over", result.taken_over}, {"files", files}}));
    return 0;
  }
  fmt::print("{}", terminal_table(evaluation, table));
  for (const LeftOut& one : result.left_out) fmt::print("left out {}: {}\n", one.name, one.reason);
  fmt::print("{} pictures{}; written {}\n", table.pictures,
             result.taken_over > 0 ? fmt::format(", {} of them known from before", result.taken_over) : "",
             joined(files, ", "));
  return 0;
}

void add_map_options(Parser& parser, Choices& choices) {
  const auto count = [&](const std::string& option, std::int64_t& value, bool& given, const std::string& help) {
    parser.add_option(option, value, help).text("N").range(std::int64_t{0}, std::int64_t{100'000'000}).tells(given);
  };
  parser
      .add_option(
          "--technique", choices.techniques,
          "Evaluates techniques' maps instead of the network's answers, beside a random map, the centre and edges")
      .text("NAME[,NAME...]|all")
      .suggests("technique");
  parser.add_option("--measure", choices.measures, "Names what is measured; default all (`fovea list` shows them)")
      .text("NAME[,NAME...]|all")
      .suggests("measure");
  parser.add_option("--out", choices.out, "Names the folder for tables, page and every picture's numbers").text("DIR");
  count("--sampled", choices.sampled, choices.given.sampled,
        "Sets how many of them what runs the network many times sees; default 50");
  count("--repeated", choices.repeated, choices.given.repeated,
        "Sets how many of these measures that ask such techniques again see; default 10");
  add_pairs(parser, "--set", choices.settings, "[NAME.]OPTION=VALUE", "Sets an option of a technique or a measure");
  parser.needs("--technique", {"--measure", "--out", "--sampled", "--repeated", "--set"},
               "add --technique all --out DIR, or leave it out: the network's own answers are printed");
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  add_data(
      parser, choices->data,
      {.pictures = "Sets how many pictures are asked about, drawn by the seed; default: all, with --technique 100; "
                   "0: all",
       .take = Take::drawn});
  parser.add_option("--batch", choices->batch, "Sets how many pictures run at once; default 32")
      .text("N")
      .range(std::int64_t{1}, std::int64_t{4096})
      .excludes("--technique", "a technique's own batches are granted memory: --set NAME.memory=MIB");
  add_map_options(parser, *choices);
  add_common(parser, choices->common);
  parser.at("--seed").tells(choices->given.seed);
  return [choices] { return choices->techniques.empty() ? evaluate_model(*choices) : evaluate_techniques(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "evaluate",
    .sentence = "Tells how often a network is right on labelled pictures, or how far techniques' maps can be believed.",
    .examples =
        "Examples:\n"
        "  fovea evaluate models/natural.onnx imagenette128.tar\n"
        "      its validation pictures: the archive has train/ and val/; --split all takes both\n"
        "  fovea evaluate models/world.onnx world --world-seed 99 --scenes 2000\n"
        "  fovea evaluate net.onnx photos/ --json > result.json\n"
        "  fovea evaluate world world --technique all --pictures 500 --out table/\n"
        "  fovea evaluate net.onnx photos.tar --technique saliency,grad_cam --measure pointing,energy --out table/\n"
        "The folder of --out holds index.html, tables, and each picture's numbers: run again, it goes on where it was\n"
        "stopped, or adds techniques, measures and pictures.",
    .add = add};

}  // namespace fovea::cli::evaluate

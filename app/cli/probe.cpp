// fovea probe: how well a network's frozen features serve new classes (Zeiler and Fergus 2014, section 5.2).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include <fovea/atlas.h>
#include <fovea/error.h>
#include <fovea/probe.h>

#include "core/csv.h"
#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/interrupt.h"
#include "shared/progress.h"
#include "shared/result_files.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::probe {
namespace {

struct Choices {
  ModelChoice model;
  DataChoice data;
  Common common;
  std::vector<std::string> values;
  std::string shots = "1,5,20,all";
  ProbeOptions options;
  bool no_input = false;
  bool repeats_given = false;
  std::string out;
};

/// Reads "1,5,all".
std::vector<std::int64_t> shots_of(const std::string& text) {
  constexpr std::int64_t most = 1'000'000;
  std::vector<std::int64_t> shots;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view word = rest.substr(0, comma);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool whole = error == std::errc() && end == word.data() + word.size() && number > 0 && number <= most;
    if (word != "all" && !whole) {
      throw Error(ErrorKind::usage, fmt::format("--shots takes numbers of pictures per class, found '{}'", text),
                  "for example --shots 1,5,20,all");
    }
    shots.push_back(word == "all" ? all_shots : number);
    if (comma == rest.size()) return shots;
    rest.remove_prefix(comma + 1);
  }
}

/// The values that are read: those named, or every rectifier's (every linear layer's without one), behind the input.
std::vector<ValueId> values_of(const Choices& choices, const Graph& graph) {
  std::vector<ValueId> values;
  if (!choices.no_input) values.push_back(graph.inputs().front());
  const auto add = [&](ValueId value) {
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  };
  if (!choices.values.empty()) {
    for (const ValueId value : match_values(graph, choices.values)) add(value);
    return values;
  }
  const auto add_all = [&](bool rectifiers) {
    for (const Node& node : graph.nodes()) {
      const bool wanted = rectifiers ? is_rectifier(graph, node) : node.op->kind == Kind::linear;
      if (wanted && node.outputs.front() != no_value) add(node.outputs.front());
    }
  };
  const std::size_t before = values.size();
  add_all(true);
  if (values.size() == before) add_all(false);
  add(graph.logits());
  return values;
}

std::string shots_text(std::int64_t shots) { return shots == all_shots ? "all" : std::to_string(shots); }

/// Throws where fewer pictures are kept than a row asks for, or none are drawn that could be drawn anew.
void check_shots(const Choices& choices, const ProbeOptions& options) {
  bool draws = false;
  for (const std::int64_t shots : options.shots) {
    if (shots == all_shots) continue;
    draws = true;
    if (shots <= options.training) continue;
    throw Error(
        ErrorKind::usage,
        fmt::format("--shots {} is more than the {} pictures per class that --training keeps", shots, options.training),
        fmt::format("--training {}", shots));
  }
  if (draws || !choices.repeats_given) return;
  throw Error(ErrorKind::usage, "--repeats draws pictures anew, but --shots all takes all", "leave it out");
}

// --- what comes out ---

std::string csv_of(const ProbeResult& result) {
  std::string csv = "value,features,shots,pictures,accuracy,deviation,training_accuracy,penalties\n";
  for (const ProbeRow& row : result.rows) {
    std::vector<std::string> penalties;
    for (const double penalty : row.penalties) penalties.push_back(number_text(penalty));
    csv += csv_line({row.value, std::to_string(row.features), shots_text(row.shots), std::to_string(row.pictures),
                     number_text(row.accuracy), number_text(row.deviation), number_text(row.training),
                     joined(penalties, " ")});
  }
  return csv;
}

Json json_of(Json json, const Choices& choices, const ProbeResult& result, const std::string& data) {
  json["data"] = data;
  json["labels"] = result.labels;
  json["training"] = result.training;
  json["held_out"] = result.held_out;
  json["side"] = choices.options.side;
  json["seed"] = choices.common.seed;
  json["penalty"] = choices.options.penalty > 0 ? Json(choices.options.penalty) : Json("3-fold cross-validation");
  json["rows"] = Json::array();
  for (const ProbeRow& row : result.rows) {
    json["rows"].push_back({{"value", row.value},
                            {"features", row.features},
                            {"shots", row.shots == all_shots ? Json("all") : Json(row.shots)},
                            {"pictures", row.pictures},
                            {"accuracy", row.accuracy},
                            {"deviation", row.deviation},
                            {"training_accuracy", row.training},
                            {"penalties", row.penalties}});
  }
  return json;
}

void print(const ProbeResult& result, const std::vector<std::int64_t>& shots, const std::vector<std::string>& files) {
  fmt::print("{} classes, {} pictures to train on, {} held out; chance is {}\n", result.labels.size(), result.training,
             result.held_out, percent_text(1.0 / static_cast<double>(result.labels.size())));
  std::vector<Column> columns{{"layer"}, {"features", true}};
  for (const std::int64_t one : shots) columns.push_back({shots_text(one) + " per class", true});
  std::vector<std::vector<std::string>> rows;
  for (std::size_t v = 0; v < result.values.size(); ++v) {
    rows.push_back({result.values[v], std::to_string(result.rows[v * shots.size()].features)});
    for (std::size_t s = 0; s < shots.size(); ++s) {
      const ProbeRow& row = result.rows[v * shots.size() + s];
      rows.back().push_back(row.penalties.size() > 1
                                ? fmt::format("{:.1f} ± {:.1f} %", 100 * row.accuracy, 100 * row.deviation)
                                : percent_text(row.accuracy));
    }
  }
  fmt::print("{}", table_text(columns, rows));
  for (const Broken& broken : result.broken) fmt::print("left out {}: {}\n", broken.name, broken.reason);
  fmt::print("written {}\n", joined(files, ", "));
}

int examine(const Choices& choices) {
  check_data(choices.data);
  const ResultFiles files = result_files(choices.out, "probe", {choices.data.path});
  ProbeOptions options = choices.options;
  options.shots = shots_of(choices.shots);
  options.seed = choices.common.seed;
  check_shots(choices, options);
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  options.values = values_of(choices, model.graph);
  const TrainingData data = open_training_data(choices.data, scene_size_of(model));
  print_note(data.note);
  options.reading = progress_on_stderr("features");
  options.fitting = progress_on_stderr("classifiers");
  const ProbeResult result = fovea::probe(model, *data.training, *data.validation, options);
  options.reading = {};  // wipes the bars
  options.fitting = {};
  stop_if_interrupted();
  Json json = json_of(result_head(files, model), choices, result, data.told);
  const std::string title =
      fmt::format("How much of {} does {} already know?", std::filesystem::path(choices.data.path).stem().string(),
                  model.path.stem().string());
  const std::vector<std::string> written = write_results(files, draw_probe(result, title), csv_of(result), json);
  if (choices.common.json)
    fmt::print("{}\n", text_of(json));
  else
    print(result, options.shots, written);
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  add_data(parser, choices->data, {.trains = true});
  parser
      .add_option("--values", choices->values,
                  "Names the layers, patterns too (conv*); default: every rectifier and the class scores")
      .text("NAME[,NAME...]")
      .split_at(',')
      .one_each();
  parser.add_option("--shots", choices->shots, "Sets how many training pictures per class; default 1,5,20,all")
      .text("N[,N...]|all");
  const auto count = [&](const std::string& option, std::int64_t& value, std::int64_t most, const std::string& help) {
    parser.add_option(option, value, help).text("N").range(std::int64_t{1}, most);
  };
  count("--repeats", choices->options.repeats, 1000, "Sets how often training pictures are drawn anew; default 5");
  parser.at("--repeats").tells(choices->repeats_given);
  count("--training", choices->options.training, 1'000'000,
        "Sets how many pictures per class `all` is at most; default 200");
  count("--held-out", choices->options.held_out, 1'000'000,
        "Sets how many pictures per class accuracy is measured on at most; default 100");
  count("--side", choices->options.side, 1000, "Averages maps to at most N x N positions; default 4");
  parser
      .add_option(
          "--penalty", choices->options.penalty,
          "Sets the classifiers' L2 penalty; default: chosen by 3-fold cross-validation on the training pictures")
      .text("X")
      .positive();
  parser.add_flag("--no-input", choices->no_input, "Leaves out the row that reads the picture itself");
  add_out(parser, choices->out);
  add_common(parser, choices->common);
  return [choices] { return examine(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "probe",
    .sentence = "Trains a linear classifier on each layer's frozen features, and tells how well it names new classes.",
    .examples =
        "Examples:\n"
        "  fovea probe world imagenette128.tar --out probe.png\n"
        "  fovea probe net.onnx birds/ --values 'conv*,fc7' --shots 1,5,all --out birds/\n"
        "  fovea probe natural world --scenes 2000 --side 1 --penalty 0.001 --out scenes.png\n"
        "DATA is split as for training: folders train/ and val/ or alike, or every tenth picture of a class is held\n"
        "out. Zeiler and Fergus 2014, section 5.2: accuracy that grows with depth says that later layers are of more "
        "general use.",
    .add = add};

}  // namespace fovea::cli::probe

// fovea evolve: how a network's features came to be, over the snapshots of its training.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/evolution.h>

#include "core/csv.h"
#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/interrupt.h"
#include "shared/progress.h"
#include "shared/result_files.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::evolve {
namespace {

/// A figure from which on a layer counts as settled.
constexpr double settled_bar = 0.9;

struct Choices {
  std::string run;
  DataChoice data;
  Common common;
  EvolutionOptions options;
  std::string out;
};

std::string figure_text(double figure) { return std::isfinite(figure) ? fmt::format("{:.3f}", figure) : "-"; }

std::string csv_of(const Evolution& evolution) {
  std::string csv = "value,epoch,correlation,settled,weight_distance\n";
  for (const ValueEvolution& value : evolution.values) {
    for (std::size_t s = 0; s < evolution.snapshots.size(); ++s) {
      csv += csv_line({value.value, std::to_string(evolution.snapshots[s].epoch), figure_text(value.correlation[s]),
                       figure_text(value.settled[s]), figure_text(value.weights[s])});
    }
  }
  return csv;
}

Json number(double figure) { return std::isfinite(figure) ? Json(figure) : Json(nullptr); }

Json numbers(const std::vector<double>& figures) {
  Json list = Json::array();
  for (const double figure : figures) list.push_back(number(figure));
  return list;
}

Json json_of(Json json, const Choices& choices, const Evolution& evolution, const Pictures& pictures) {
  json["data"] = choices.data.path;
  json["pictures"] = evolution.pictures;
  json["recipe"] = choices.options.recipe;
  json["broken"] = Json::array();
  for (const Broken& broken : evolution.broken)
    json["broken"].push_back({{"file", broken.name}, {"reason", broken.reason}});
  json["epochs"] = Json::array();
  for (const Snapshot& snapshot : evolution.snapshots) json["epochs"].push_back(snapshot.epoch);
  json["values"] = Json::array();
  for (const ValueEvolution& value : evolution.values) {
    Json one{{"value", value.value},
             {"correlation", numbers(value.correlation)},
             {"settled", numbers(value.settled)},
             {"weight_distance", numbers(value.weights)},
             {"channels", Json::array()}};
    for (std::size_t c = 0; c < value.channels.size(); ++c) {
      Json strongest = Json::array();
      for (const EvolutionCell& cell : value.cells[c]) {
        const bool any = cell.strongest.picture >= 0;
        strongest.push_back({{"picture", any ? pictures.name(cell.strongest.picture) : ""},
                             {"place", cell.strongest.place},
                             {"activation", any ? number(cell.strongest.score) : Json(nullptr)}});
      }
      one["channels"].push_back({{"channel", value.channels[c]}, {"strongest", strongest}});
    }
    json["values"].push_back(std::move(one));
  }
  return json;
}

std::string epoch_text(const Evolution& evolution, const std::vector<double>& figure) {
  const std::int64_t epoch = settled_epoch(evolution.snapshots, figure, settled_bar);
  return epoch < 0 ? "-" : std::to_string(epoch);
}

void print(const Evolution& evolution, const std::vector<std::string>& files) {
  for (const Broken& broken : evolution.broken) fmt::print("left out {}: {}\n", broken.name, broken.reason);
  std::vector<Column> columns{{"value"}};
  for (const Snapshot& snapshot : evolution.snapshots)
    columns.push_back({fmt::format("epoch {}", snapshot.epoch), true});
  columns.push_back({fmt::format("{} from epoch", settled_bar), true});
  std::vector<std::vector<std::string>> rows;
  for (const ValueEvolution& value : evolution.values) {
    std::vector<std::string> row{value.value};
    for (const double figure : value.correlation) row.push_back(figure_text(figure));
    row.push_back(epoch_text(evolution, value.correlation));
    rows.push_back(std::move(row));
  }
  fmt::print("Correlation of every channel's answers to {} pictures with those at the last snapshot, means:\n{}",
             evolution.pictures, table_text(columns, rows));
  fmt::print("written {}\n", joined(files, ", "));
}

/// A folder's own name: where it stands on one machine is nothing for a picture.
std::string name_of_run(const std::string& run) {
  std::error_code ignored;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(run, ignored);
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

int evolve_it(const Choices& choices) {
  check_data(choices.data);
  const ResultFiles files = result_files(choices.out, "evolve", {choices.run});
  apply(choices.common);
  const std::vector<Snapshot> snapshots = find_snapshots(choices.run);
  const Model last = load_model(snapshots.back().path);
  const Data data = open_data(choices.data, scene_size_of(last));
  print_note(data.note);
  const auto pictures = taken_of(*data.everything, choices.data, choices.common.seed);
  EvolutionOptions options = choices.options;
  options.progress = progress_on_stderr("evolve");
  const Evolution evolution = trace_evolution(snapshots, *pictures, options);
  options.progress = {};  // wipes the bar
  stop_if_interrupted();
  Json json = json_of(result_head(files, last), choices, evolution, *pictures);
  json["source"] = data.told;
  const std::string title = fmt::format("How the features of {} came to be", name_of_run(choices.run));
  const std::vector<std::string> written =
      write_results(files, draw_evolution(evolution, title), csv_of(evolution), json);
  if (choices.common.json)
    fmt::print("{}\n", text_of(json));
  else
    print(evolution, written);
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  parser
      .add_option("RUN", choices->run,
                  "The folder of a training with snapshots, or one of models whose names end in an epoch")
      .text(" ")
      .required();
  choices->data.pictures = 2000;
  add_data(parser, choices->data,
           {.pictures = "Sets how many pictures are looked at, evenly spaced over DATA; default 2000, 0: all",
            .unlabelled = true});
  parser
      .add_option("--values", choices->options.values,
                  "Names the values, `*` for any text; default: every rectifier's output and the logits")
      .text("NAME|PATTERN[,...]")
      .split_at(',');
  parser
      .add_option("--channels", choices->options.channels,
                  "Sets how many channels of each are shown, those that stand out most in the end; default 6")
      .text("N")
      .range(std::int64_t{1}, std::int64_t{1000});
  parser.add_option("--recipe", choices->options.recipe, "Names the recipe of the projections; default deconvnet")
      .text("NAME");
  add_out(parser, choices->out);
  add_common(parser, choices->common, {.seed = true, .device = true});
  return [choices] { return evolve_it(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "evolve",
    .sentence = "Shows how channels came to answer to what they do, over the snapshots of a training.",
    .examples =
        "Examples:\n"
        "  fovea train photos/ --out runs/photos --snapshots 1,2,5,10,20,30,40,64\n"
        "  fovea evolve runs/photos photos/ --out evolve.png\n"
        "  fovea evolve runs/photos photos/ --values 'relu*' --channels 4 --pictures 0 --out evolve/\n"
        "The figure is that of Zeiler and Fergus 2014 (figure 4): jumps come where the strongest picture changes.\n"
        "Below it three curves say how early each layer was what it ended as; numbers are in the .csv and .json.",
    .add = add};

}  // namespace fovea::cli::evolve

// SPDX-License-Identifier: Apache-2.0
#include "train/memory.h"

#include <cstdio>

#include <fovea/error.h>
#include <fovea/version.h>

#include "core/json.h"

namespace fovea {
namespace {

std::string_view name_of(Schedule schedule) {
  switch (schedule) {
    case Schedule::cosine: return "cosine";
    case Schedule::plateau: return "plateau";
    case Schedule::constant: break;
  }
  return "constant";
}

/// Everything that shapes the weights.
Json to_json(const TrainOptions& options, const Preprocess& preprocess) {
  const Augmentation& a = options.augmentation;
  return {{"network", options.network.text},
          {"epochs", options.epochs},
          {"batch", options.batch},
          {"micro-batch", options.micro_batch > 0 ? options.micro_batch : options.batch},
          {"rate", options.rate},
          {"momentum", options.momentum},
          {"decay", options.decay},
          {"schedule", name_of(options.schedule)},
          {"warm-up", options.warm_up},
          {"patience", options.patience},
          {"smoothing", options.smoothing},
          {"renormalise", options.renormalise},
          {"augmentation", {a.least_area, a.stretch, a.flip ? 1.0 : 0.0, a.colour, a.erase}},
          {"start size", options.start_size},
          {"seed", options.seed},
          {"data", options.data},
          {"mean", preprocess.mean},
          {"std", preprocess.std}};
}

Json to_json(const EpochFigures& f) {
  return {f.epoch, f.rate, f.loss, f.accuracy, f.validation_loss, f.validation_accuracy, f.seconds};
}

EpochFigures figures_of(const Json& json) {
  return {.epoch = json.at(0),
          .rate = json.at(1),
          .loss = json.at(2),
          .accuracy = json.at(3),
          .validation_loss = json.at(4),
          .validation_accuracy = json.at(5),
          .seconds = json.at(6)};
}

void require_same(const Json& found, const Json& expected) {
  for (const auto& [key, value] : expected.items()) {
    if (found.contains(key) && found.at(key) == value) continue;
    const std::string was = found.contains(key) ? found.at(key).dump() : "nothing";
    const bool text = key == "network";
    throw Error(ErrorKind::usage,
                text ? "the checkpoint is of another network"
                     : "the checkpoint was made with " + key + " " + was + ", now it is " + value.dump(),
                "give the same options to go on, or another --out to begin anew");
  }
}

std::string shown(double value, int digits = 4) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

}  // namespace

std::string text_of(const TrainOptions& options, const Preprocess& preprocess, const TrainProgressState& state) {
  Json history = Json::array();
  for (const EpochFigures& figures : state.history) history.push_back(to_json(figures));
  return Json{{"options", to_json(options, preprocess)},
              {"epoch", state.epoch},
              {"batch", state.batch},
              {"loss_sum", state.loss_sum},
              {"right", state.right},
              {"counted", state.counted},
              {"seconds", state.seconds},
              {"history", history}}
      .dump({.sorted = true});
}

TrainProgressState state_of(const std::string& text, const TrainOptions& options, const Preprocess& preprocess) {
  try {
    const Json json = Json::parse(text);
    Json made_with = json.at("options");
    if (!made_with.contains("micro-batch")) made_with["micro-batch"] = made_with.at("batch");  // before there were any
    require_same(made_with, to_json(options, preprocess));
    TrainProgressState state{.epoch = json.at("epoch"),
                             .batch = json.at("batch"),
                             .loss_sum = json.at("loss_sum"),
                             .right = json.at("right"),
                             .counted = json.at("counted"),
                             .seconds = json.at("seconds"),
                             .history = {}};
    for (const Json& figures : json.at("history")) state.history.push_back(figures_of(figures));
    return state;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::format, std::string("the checkpoint is damaged: ") + error.what(),
                "train again without --resume, or remove it");
  }
}

std::map<std::string, std::string> facts_of(const TrainOptions& options, const std::vector<EpochFigures>& history) {
  const Augmentation& a = options.augmentation;
  std::map<std::string, std::string> facts{
      {"network", options.network.name},
      {"recipe",
       std::to_string(options.epochs) + " epochs, batches of " + std::to_string(options.batch) +
           ", SGD with momentum " + shown(options.momentum) + ", rate " + shown(options.rate) + " (" +
           std::string(name_of(options.schedule)) + ", warm-up " + shown(options.warm_up) + " epochs), weight decay " +
           shown(options.decay) + ", label smoothing " + shown(options.smoothing) +
           (options.renormalise ? ", filters renormalised to RMS 0.1" : "") +
           (options.start_size > 0 ? ", pictures growing from " + std::to_string(options.start_size) + " px" : "") +
           ", seed " + std::to_string(options.seed)},
      {"augmentation", "crops of at least " + shown(100 * a.least_area) + " % of the area, aspect up to " +
                           shown(a.stretch) + (a.flip ? ", mirrored" : "") + ", colour " + shown(a.colour) +
                           ", erased " + shown(a.erase)},
      {"trained_by", "fovea " + std::string(version())}};
  if (!options.data.empty()) facts.emplace("data", options.data);
  if (history.empty()) return facts;
  double seconds = 0;
  for (const EpochFigures& figures : history) seconds += figures.seconds;
  facts.emplace("epochs_done", std::to_string(history.size()));
  facts.emplace("validation_top1", shown(history.back().validation_accuracy));
  facts.emplace("validation_loss", shown(history.back().validation_loss));
  facts.emplace("training_minutes", shown(seconds / 60, 3));
  return facts;
}

}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "shared/dataset.h"

#include <map>

#include <fmt/format.h>

#include <fovea/error.h>

namespace fovea::cli {
namespace {

constexpr std::int64_t validation_part = 10;  // one of so many

WorldOptions world_options(const DataChoice& choice, int size) {
  WorldOptions options;
  options.size = size;
  for (const std::string& bias : choice.biases) options.biases.push_back(parse_bias(bias));
  return options;
}

std::string world_told(const DataChoice& choice, const WorldOptions& options) {
  std::string told = fmt::format("{} rendered scenes of seed {} (world version {}), {} px", choice.scenes,
                                 choice.world_seed, world_version, options.size);
  for (const std::string& bias : choice.biases) told += ", bias " + bias;
  if (choice.path == contexts_name) told += ", labelled by their context";
  return told;
}

/// Opens one split, or nothing when the data set does not have it.
std::unique_ptr<Pictures> open_split(const DataChoice& choice, const std::string& split) {
  try {
    return open_pictures(choice.path, {.split = split});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) return nullptr;
    throw;
  }
}

bool is_world(const DataChoice& choice) { return choice.path == world_name || choice.path == contexts_name; }

std::unique_ptr<Pictures> scenes_of(const DataChoice& choice, int size, std::int64_t first, std::int64_t count) {
  const WorldOptions options = world_options(choice, size);
  return choice.path == contexts_name ? world_contexts_pictures(options, choice.world_seed, first, count)
                                      : world_pictures(options, choice.world_seed, first, count);
}

/// Every tenth picture of each class, and the others.
void hold_out(TrainingData& data) {
  std::vector<std::int64_t> training;
  std::vector<std::int64_t> validation;
  std::map<std::int64_t, std::int64_t> met;
  for (std::int64_t i = 0; i < data.everything->size(); ++i) {
    const bool held_out = met[data.everything->label(i)]++ % validation_part == validation_part - 1;
    (held_out ? validation : training).push_back(i);
  }
  if (validation.empty()) {
    throw Error(ErrorKind::usage,
                fmt::format("{} pictures are too few to hold out a tenth of each class", data.everything->size()),
                "lay them into folders train/ and val/");
  }
  data.training = subset(*data.everything, std::move(training));
  data.validation = subset(*data.everything, std::move(validation));
}

}  // namespace

void add_data(Parser& parser, DataChoice& choice) {
  parser
      .add_option(
          "DATA", choice.path,
          "A folder with one folder of pictures per class, a .tar of such a folder, or `world`: rendered scenes "
          "(`world:contexts`: the same, labelled by what stands beside the object)")
      .text(" ")
      .required();
  parser.add_option("--scenes", choice.scenes, "Sets how many scenes of the world there are; default 20000")
      .text("N")
      .range(std::int64_t{10}, std::int64_t{100'000'000});
  parser.add_option("--world-seed", choice.world_seed, "Sets the seed of the world's scenes; default 1").text("S");
  parser
      .add_option("--bias", choice.biases,
                  "Plants a bias in the world: scenes of CLASS hold CONTEXT at rate P (dumbbell=arm:0.95)")
      .text("CLASS=CONTEXT:P ...")
      .pairs();
}

std::unique_ptr<Pictures> open_data(const DataChoice& choice, int size, std::int64_t first) {
  if (is_world(choice)) return scenes_of(choice, size, first, choice.scenes);
  return open_pictures(choice.path, {.split = choice.split, .unlabelled = choice.unlabelled});
}

TrainingData open_training_data(const DataChoice& choice, int size) {
  TrainingData data;
  if (is_world(choice)) {
    data.told = world_told(choice, world_options(choice, size));
    data.everything = scenes_of(choice, size, 0, choice.scenes);
    data.training = kept_in_memory(*data.everything);
    data.validation =
        scenes_of(choice, size, choice.scenes, std::max<std::int64_t>(choice.scenes / validation_part, 1));
    return data;
  }
  data.training = open_split(choice, "train");
  if (data.training) data.validation = open_split(choice, "val");
  if (!data.validation) {
    data.everything = open_pictures(choice.path);
    hold_out(data);
  }
  data.told =
      fmt::format("{} pictures of {}", data.training->size(), std::filesystem::path(choice.path).filename().string());
  return data;
}

}  // namespace fovea::cli

// SPDX-License-Identifier: Apache-2.0
#include "shared/dataset.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/map_scores.h>

#include "shared/text.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t validation_part = 10;  // one of so many
constexpr std::int64_t most_pictures = 100'000'000;

std::unique_ptr<Pictures> scenes_of(const DataChoice& choice, int size, std::int64_t first, std::int64_t count) {
  const WorldOptions options = world_options(choice.world, size);
  return choice.path == contexts_name ? world_contexts_pictures(options, choice.world.seed, first, count)
                                      : world_pictures(options, choice.world.seed, first, count);
}

// --- options ---

std::string data_help(const DataUse& use) {
  const std::string set =
      "folder with one folder of pictures per class, a .tar of such a folder, or `world`: rendered scenes";
  return (use.picture ? "A picture; or a " : "A ") + set +
         (use.parts ? ", whose parts are known"
                    : " (`world:contexts`: the same, labelled by what stands beside the object)");
}

void add_split(Parser& parser, DataChoice& choice) {
  std::string help = "Takes only what lies in a folder of this name; default, and `all`: everything";
  if (choice.use.trains) {
    help =
        "Names the folder to train on, or that and the one to validate by; default: those called train and val, or "
        "alike; of one folder, and of `all`, every tenth picture is held out";
  } else if (choice.use.split == SplitUse::judging) {
    help =
        "Takes only what lies in a folder of this name; default: the validation pictures of a set that has such a "
        "folder; all: everything";
  }
  parser.add_option("--split", choice.split, help)
      .text(choice.use.trains ? "NAME[,NAME]|all" : "NAME|all")
      .tells(choice.given.split);
}

/// Adds --first and --world-seed.
void add_place(Parser& parser, WorldChoice& world) {
  parser.add_option("--first", world.first, "Sets the first of the world's scenes; others follow it; default 0")
      .text("I")
      .range(std::int64_t{0}, std::int64_t{1} << 40)
      .tells(world.given.first);
  parser.add_option("--world-seed", world.seed, "Sets the seed of the world's scenes; default 1")
      .text("S")
      .tells(world.given.seed);
}

/// Throws where an option is given that says which scenes.
void refuse_scenes(const DataChoice& choice) {
  const auto& given = choice.world.given;
  const std::pair<const char*, bool> options[] = {
      {"--scenes", given.scenes}, {"--first", given.first}, {"--world-seed", given.seed}, {"--bias", given.bias}};
  for (const auto& [option, is_given] : options) {
    if (!is_given) continue;
    throw Error(ErrorKind::usage,
                fmt::format("{} is for the rendered world, found {} {}", option, choice.use.argument, choice.path),
                choice.use.pictures.empty() ? "leave it out, or name `world`"
                                            : "leave it out, or name `world`; --pictures N takes some of a data set");
  }
}

// --- what was opened ---

Json told_of_world(const DataChoice& choice, int size) {
  const WorldChoice& world = choice.world;
  Json told{{"world_version", world_version},
            {"seed", world.seed},
            {"scenes", world.scenes},
            {"biases", world.biases},
            {"size", size}};
  // Left out where they say nothing, so that an atlas of such scenes is the one it always was.
  if (world.first > 0) told["first"] = world.first;
  if (choice.path == contexts_name) told["contexts"] = true;
  return told;
}

Data open_world(const DataChoice& choice, int size) {
  return {.everything = scenes_of(choice, size, choice.world.first, choice.world.scenes),
          .split = {},
          .note = {},
          .told = told_of_world(choice, size)};
}

/// Says which split was taken where the set is divided and nobody named one.
std::string note_of(const DataChoice& choice, const std::vector<std::string>& splits, const std::string& taken) {
  if (splits.empty()) return "";
  return fmt::format("{} is divided into {}; {} (--split chooses others)", choice.path, joined(splits, ", "), taken);
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

TrainingData open_training_world(const DataChoice& choice, int size) {
  const WorldChoice& world = choice.world;
  TrainingData data;
  data.told = fmt::format("{} rendered scenes of seed {} (world version {}), {} px", world.scenes, world.seed,
                          world_version, size);
  if (world.first > 0) data.told += fmt::format(", from scene {}", world.first);
  for (const std::string& bias : world.biases) data.told += ", bias " + bias;
  if (choice.path == contexts_name) data.told += ", labelled by their context";
  data.everything = scenes_of(choice, size, world.first, world.scenes);
  data.training = kept_in_memory(*data.everything);
  data.validation =
      scenes_of(choice, size, world.first + world.scenes, std::max<std::int64_t>(world.scenes / validation_part, 1));
  return data;
}

}  // namespace

void add_world(Parser& parser, WorldChoice& world, const std::string& scenes_help) {
  parser.add_option("--scenes", world.scenes, scenes_help)
      .text("N")
      .range(std::int64_t{10}, most_pictures)
      .tells(world.given.scenes);
  add_place(parser, world);
  parser
      .add_option("--bias", world.biases,
                  "Plants a bias in the world: scenes of CLASS hold CONTEXT at rate P (dumbbell=arm:0.95)")
      .text("CLASS=CONTEXT:P ...")
      .pairs()
      .tells(world.given.bias);
}

Argument& add_pictures(Parser& parser, std::int64_t& pictures, std::string_view help) {
  return parser.add_option("--pictures", pictures, std::string(help)).text("N").range(std::int64_t{0}, most_pictures);
}

void add_data(Parser& parser, DataChoice& choice, const DataUse& use) {
  choice.use = use;
  parser.add_option(std::string(use.argument), choice.path, data_help(use)).text(" ").required();
  add_split(parser, choice);
  if (!use.pictures.empty()) add_pictures(parser, choice.pictures, use.pictures).tells(choice.given.pictures);
  if (use.parts)
    add_place(parser, choice.world);
  else
    add_world(parser, choice.world, "Sets how many scenes of the world there are; default 20000");
}

bool is_world(const DataChoice& choice) { return choice.path == world_name || choice.path == contexts_name; }

bool is_one_picture(const DataChoice& choice) {
  std::error_code ignored;
  return choice.use.picture && !is_world(choice) && !fs::is_directory(choice.path, ignored) &&
         fs::path(choice.path).extension() != ".tar";
}

void check_data(const DataChoice& choice) {
  if (is_world(choice)) {
    if (choice.use.parts && choice.path == contexts_name) {
      throw Error(ErrorKind::usage, "world:contexts has no parts: its scenes are labelled by what stands beside them",
                  "name `world`: its scenes know the parts of their objects");
    }
    if (!choice.given.split) return;
    throw Error(ErrorKind::usage, "the rendered world has no splits, found --split " + choice.split,
                "other scenes are those of another --world-seed, or from --first I on");
  }
  refuse_scenes(choice);
  if (!is_one_picture(choice) || (!choice.given.split && !choice.given.pictures)) return;
  throw Error(ErrorKind::usage,
              fmt::format("{} is for a data set, found one picture", choice.given.split ? "--split" : "--pictures"),
              "leave it out, or name a folder, a .tar or `world`");
}

WorldOptions world_options(const WorldChoice& world, int size) {
  WorldOptions options;
  options.size = size;
  for (const std::string& bias : world.biases) options.biases.push_back(parse_bias(bias));
  return options;
}

int scene_size_of(const Model& model) {
  constexpr int usual = 96;
  return model.card.preprocess ? model.card.preprocess->width : usual;
}

std::string words_of(const DataChoice& choice, const Data& data) {
  const WorldChoice& world = choice.world;
  if (!is_world(choice)) {
    const std::string name = fs::path(choice.path).filename().string();
    return data.split.empty() ? name : name + ", split " + data.split;
  }
  std::string words = fmt::format("the rendered world, seed {} from scene {}, {} px", world.seed, world.first,
                                  data.told.at("size").get<int>());
  for (const std::string& bias : world.biases) words += ", bias " + bias;
  return words + (choice.path == contexts_name ? ", labelled by contexts" : "");
}

Data open_data(const DataChoice& choice, int size) {
  check_data(choice);
  if (is_world(choice)) return open_world(choice, size);
  const SplitChoice split = choose_split(choice.path, choice.split, choice.use.split);
  const std::string taken = split.split.empty() ? "all are used" : split.split + " is used";
  return {.everything = open_pictures(choice.path, {.split = split.split, .unlabelled = choice.use.unlabelled}),
          .split = split.split,
          .note = note_of(choice, split.splits, taken),
          .told = Json{{"path", fs::absolute(choice.path).lexically_normal().string()}, {"split", split.split}}};
}

Data open_told(const Json& told) {
  DataChoice choice{.use = {.split = SplitUse::everything, .unlabelled = true}};
  if (told.contains("path")) {
    choice.path = told.at("path");
    const std::string split = told.at("split");
    return {.everything = open_pictures(choice.path, {.split = split, .unlabelled = true}),
            .split = split,
            .note = {},
            .told = told};
  }
  choice.path = told.contains("contexts") ? contexts_name : world_name;
  choice.world.seed = told.at("seed");
  choice.world.scenes = told.at("scenes");
  choice.world.biases = told.at("biases").get<std::vector<std::string>>();
  choice.world.first = told.value("first", std::int64_t{0});
  const int size = told.at("size");
  if (told.at("world_version") == world_version) return open_world(choice, size);
  throw Error(ErrorKind::usage, "the scenes are of another version of the rendered world", "make them anew");
}

std::unique_ptr<Pictures> taken_of(const Pictures& everything, const DataChoice& choice, std::uint64_t seed) {
  const std::int64_t count = everything.size();
  const std::int64_t most = choice.pictures > 0 ? std::min(choice.pictures, count) : count;
  const bool draws = choice.use.take == Take::drawn && most < count;
  return subset(everything,
                draws ? picture_order(everything, most, /*with_boxes=*/false, seed) : spread_evenly(count, most));
}

void print_note(const std::string& note) {
  if (!note.empty()) fmt::print(stderr, "note: {}\n", note);
}

TrainingData open_training_data(const DataChoice& choice, int size) {
  check_data(choice);
  if (is_world(choice)) return open_training_world(choice, size);
  const SplitPair pair = choose_split_pair(choice.path, choice.split);
  TrainingData data;
  if (pair.validation.empty()) {
    data.everything = open_pictures(choice.path, {.split = pair.training});
    hold_out(data);
  } else {
    data.training = open_pictures(choice.path, {.split = pair.training});
    data.validation = open_pictures(choice.path, {.split = pair.validation});
  }
  data.note =
      note_of(choice, pair.splits, fmt::format("{} is trained on, {} validates", pair.training, pair.validation));
  data.told = fmt::format("{} pictures of {}", data.training->size(), fs::path(choice.path).filename().string());
  const std::string names = pair.splits.empty() ? choice.split : pair.training + "," + pair.validation;
  if (!names.empty() && names != "train,val") data.told += ", split " + names;
  return data;
}

}  // namespace fovea::cli

// The DATA of a command line: a folder or .tar of pictures, or the rendered world; which part of it, and how many
// pictures. Every verb that reads data asks by these options, and is refused by these words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/data.h>
#include <fovea/world.h>

#include "shared/json.h"
#include "shared/parser.h"

namespace fovea::cli {

/// The name that stands for the rendered world.
inline constexpr const char* world_name = "world";
/// The same scenes, labelled by the context they show.
inline constexpr const char* contexts_name = "world:contexts";

/// Which of the rendered world's scenes.
struct WorldChoice {
  std::int64_t scenes = 20'000;
  std::int64_t first = 0;
  std::uint64_t seed = 1;
  std::vector<std::string> biases;
  /// Which of them the command line has.
  struct {
    bool scenes = false;
    bool first = false;
    bool seed = false;
    bool bias = false;
  } given{};
};

/// How --pictures chooses.
enum class Take {
  spread,  ///< evenly spaced
  drawn    ///< by --seed
};

/// What a verb lets one say of its data.
struct DataUse {
  std::string_view argument = "DATA";
  SplitUse split = SplitUse::judging;  ///< what is read where --split does not say it
  std::string_view pictures = {};      ///< help of --pictures; "": there is none
  Take take = Take::spread;
  bool trains = false;      ///< --split takes two names: to train on and to validate by
  bool unlabelled = false;  ///< a folder of pictures without classes will do
  bool parts = false;       ///< scenes are looked for by their parts: `world:contexts` has none, and none are counted
  bool picture = false;     ///< one picture will do, too
};

/// Which pictures, as the user names them.
struct DataChoice {
  DataUse use;
  std::string path;  ///< or "world", or "world:contexts"
  std::string split;
  std::int64_t pictures = 0;  ///< 0: all
  WorldChoice world;
  /// Which of them the command line has.
  struct {
    bool split = false;
    bool pictures = false;
  } given{};
};

/// Adds --scenes, --first, --world-seed and --bias.
void add_world(Parser& parser, WorldChoice& world, const std::string& scenes_help);
/// Adds --pictures.
Argument& add_pictures(Parser& parser, std::int64_t& pictures, std::string_view help);
/// Adds DATA and all that says which of its pictures; the defaults are what `choice` holds.
void add_data(Parser& parser, DataChoice& choice, const DataUse& use);

bool is_world(const DataChoice& choice);
/// Tells whether one picture is named where data would do, too.
bool is_one_picture(const DataChoice& choice);
/// Throws `Error(usage)` where options do not fit what DATA is; looks at the command line and at the kind of a file.
void check_data(const DataChoice& choice);

WorldOptions world_options(const WorldChoice& world, int size);
/// Returns the size of scenes that a network looks at, px.
int scene_size_of(const Model& model);

/// A data set that was opened.
struct Data {
  std::unique_ptr<Pictures> everything;  ///< before --pictures
  std::string split;                     ///< that was taken; "": all there is
  std::string note;                      ///< which split was taken where nobody said it; else ""
  Json told;                             ///< what it is: a path and a split, or the world's seed, scenes ...
};

/// Checks the choice and opens its data; `size` px for scenes.
Data open_data(const DataChoice& choice, int size);
/// Words a data set for a person.
std::string words_of(const DataChoice& choice, const Data& data);
/// Opens what `Data::told` tells of. Throws `Json::exception` when it is not readable, `Error(usage)` when it is of
/// another version of the world.
Data open_told(const Json& told);
/// Views those that --pictures takes; `everything` must outlive the view.
std::unique_ptr<Pictures> taken_of(const Pictures& everything, const DataChoice& choice, std::uint64_t seed);
/// Tells the note, if there is one, where results are not.
void print_note(const std::string& note);

/// A data set split for training. What comes later in it may read what comes before.
struct TrainingData {
  std::unique_ptr<Pictures> everything;
  std::unique_ptr<Pictures> kept;  ///< in memory; may be null
  std::unique_ptr<Pictures> training;
  std::unique_ptr<Pictures> validation;
  std::string told;  ///< what it is, for the model's card
  std::string note;  ///< as `Data::note`
};

/// Splits DATA: by --split, or by the usual names of its folders; where it has none, every tenth picture of each class
/// is for validation; of the world, a tenth as many scenes again that follow the training's.
TrainingData open_training_data(const DataChoice& choice, int size);

}  // namespace fovea::cli

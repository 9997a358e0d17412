// The DATA of a command line: a folder or .tar of pictures, or the rendered world.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fovea/data.h>
#include <fovea/world.h>

#include "shared/parser.h"

namespace fovea::cli {

/// Which pictures, as the user names them.
struct DataChoice {
  std::string path;  ///< or "world", or "world:contexts"
  std::string split;
  bool unlabelled = false;       ///< a folder of pictures without classes will do
  std::int64_t scenes = 20'000;  ///< of the world
  std::uint64_t world_seed = 1;
  std::vector<std::string> biases;
};

/// The name that stands for the rendered world.
inline constexpr const char* world_name = "world";
/// The same scenes, labelled by the context they show.
inline constexpr const char* contexts_name = "world:contexts";

/// Adds DATA and the world's options.
void add_data(Parser& parser, DataChoice& choice);

/// Opens the data set; `size` px for scenes whose size was not given, `first` is the world's first scene.
std::unique_ptr<Pictures> open_data(const DataChoice& choice, int size, std::int64_t first = 0);

/// A data set split for training. What comes later in it may read what comes before.
struct TrainingData {
  std::unique_ptr<Pictures> everything;
  std::unique_ptr<Pictures> kept;  ///< in memory; may be null
  std::unique_ptr<Pictures> training;
  std::unique_ptr<Pictures> validation;
  std::string told;  ///< what it is, for the model's card
};

/// Splits DATA: the folders "train" and "val" where it has them; else every tenth picture of each class is for
/// validation; of the world, a tenth as many scenes again that follow the training's.
TrainingData open_training_data(const DataChoice& choice, int size);

}  // namespace fovea::cli

// What a training remembers beside its numbers: where it is, what came of each epoch, and with which options it was
// made, so that a checkpoint of other options is not gone on with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include <fovea/train.h>

namespace fovea {

/// Where a training is.
struct TrainProgressState {
  std::int64_t epoch = 0;  ///< complete ones
  std::int64_t batch = 0;  ///< done in the one that goes on
  double loss_sum = 0;     ///< of this epoch's pictures
  std::int64_t right = 0;
  std::int64_t counted = 0;
  double seconds = 0;
  std::vector<EpochFigures> history;
};

/// Words it all as JSON.
std::string text_of(const TrainOptions& options, const Preprocess& preprocess, const TrainProgressState& state);

/// Reads it back. Throws `Error(usage)` naming the first option that differs, `Error(format)` when it is damaged.
TrainProgressState state_of(const std::string& text, const TrainOptions& options, const Preprocess& preprocess);

/// What a model's card tells of its training: recipe, data, accuracy, time.
std::map<std::string, std::string> facts_of(const TrainOptions& options, const std::vector<EpochFigures>& history);

}  // namespace fovea

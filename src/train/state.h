// All that a training holds between two steps, and what is done with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fovea/train.h>

#include "train/checkpoint.h"
#include "train/memory.h"
#include "train/share.h"

namespace fovea {

using Clock = std::chrono::steady_clock;

/// Name of the checkpoint in a training's folder.
inline constexpr const char* checkpoint_name = "checkpoint.fovea";

/// A training's data, graphs, weights and place. Steps and epochs are in train.cpp; checkpoints, the model that it has
/// come to and what ranks tell each other in state.cpp.
struct Training::State {
  State(const Pictures& pictures_, const Pictures& validation_, TrainOptions options_, Ranks* ranks_);

  const Pictures& pictures;
  const Pictures& validation;
  TrainOptions options;
  Ranks* ranks;
  Split split;
  Preprocess preprocess;
  NetworkGraph training;
  NetworkGraph inference;
  Weights weights;  ///< of the training graph; leaves of autograd where they are trained
  std::vector<Tensor> momenta;
  std::vector<ValueId> trained;
  std::unique_ptr<Loader> loader;
  int side = 0;                ///< of the loader's pictures, px
  std::vector<Broken> broken;  ///< met by the loaders of earlier sizes
  TrainProgressState at;
  Clock::time_point begun;
  std::int64_t seen = 0;  ///< pictures since `begun`

  void resize_to(int size);
  std::vector<Broken> all_broken() const;
  bool leads() const { return split.rank == 0; }
  std::int64_t steps() const { return loader->batches() / split.micro_batches; }
  bool step(bool stop);
  Share share_of(const Batch& batch, std::int64_t micro_batch) const;
  Share no_share() const;
  void update(const std::vector<Tensor>& gradients, double rate);
  std::map<ValueId, Tensor> draw_masks(std::int64_t pictures_in_batch, std::int64_t micro_batch) const;
  Evaluation validate(const Model& model) const;
  std::string difference_from(const std::string& text) const;
  void agree() const;
  void finish_epoch(const TrainListener& listener);
  void save() const;
  void restore(const Checkpoint& checkpoint);
  Graph graph_now() const;
  Model model_now() const;
};

}  // namespace fovea

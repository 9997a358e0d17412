// Training a network on labelled pictures: cross-entropy by stochastic gradient descent with momentum, in steps that a
// kill at any moment does not lose, on the same graph and ops that everything else runs on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/model.h>
#include <fovea/network.h>
#include <fovea/ranks.h>

namespace FOVEA_API fovea {

/// How the learning rate falls.
enum class Schedule {
  cosine,    ///< half a cosine down to 0 (Loshchilov and Hutter 2017)
  plateau,   ///< a tenth whenever the validation loss has not fallen for `patience` epochs
  constant,  ///< not at all
};

/// Choices of a training.
struct TrainOptions {
  Network network;
  std::int64_t epochs = 30;
  std::int64_t batch = 64;  ///< pictures that make a step, over all ranks
  /// Pictures whose gradient is computed at once, a divisor of `batch`: gradients, losses and batch norm's statistics
  /// of a step's micro-batches are summed in their order, whichever rank computed them. 0: the whole batch, or with
  /// ranks the largest that gives each rank one.
  std::int64_t micro_batch = 0;
  double rate = 0.05;  ///< learning rate after the warm-up
  double momentum = 0.9;
  double decay = 5e-4;  ///< weight decay (L2) of convolutions and fully connected layers
  Schedule schedule = Schedule::cosine;
  double warm_up = 1;         ///< epochs over which the rate rises from 0
  std::int64_t patience = 5;  ///< epochs, for `Schedule::plateau`
  double smoothing = 0;       ///< label smoothing (Szegedy et al. 2016)
  bool renormalise =
      false;  ///< filters whose RMS exceeds 0.1 are scaled back to it (Zeiler and Fergus 2014, section 3)
  Augmentation augmentation;
  /// Side of the first epoch's pictures, px; it grows to the network's over the first three quarters of the epochs
  /// (progressive resizing; Tan and Le 2021, EfficientNetV2, section 4). 0: the network's throughout.
  int start_size = 0;
  std::uint64_t seed = 0;
  int loader_threads = 1;
  std::int64_t checkpoint_every = 0;    ///< batches; 0: at the end of each epoch only
  std::vector<std::int64_t> snapshots;  ///< epochs after which a model is exported (1, 2, 5, 10 ...)
  std::filesystem::path out;            ///< folder; empty: nothing is written
  std::string name;                     ///< of the model; the network's when empty
  std::string licence;
  std::string data;  ///< what it is trained on, for the card
};

/// What came of an epoch.
struct EpochFigures {
  std::int64_t epoch = 0;  ///< from 1
  double rate = 0;         ///< learning rate at its end
  double loss = 0;         ///< mean over the training pictures, as met
  double accuracy = 0;     ///< likewise
  double validation_loss = 0;
  double validation_accuracy = 0;
  double seconds = 0;
};

/// Where a training is, for whoever watches.
struct TrainStatus {
  std::int64_t epoch = 0;  ///< from 1
  std::int64_t epochs = 0;
  std::int64_t batch = 0;  ///< done in this epoch
  std::int64_t batches = 0;
  double loss = 0;  ///< mean of this epoch so far
  double accuracy = 0;
  double pictures_per_second = 0;  ///< since the start or the last resume
};

/// Who watches a training.
struct TrainListener {
  std::function<bool(const TrainStatus&)> batch;   ///< after each; answers false to stop
  std::function<void(const EpochFigures&)> epoch;  ///< after each
};

/// One training. Bit for bit the same for the same options, data and number of libtorch's threads, whether or not it is
/// stopped and resumed in between, and with the same micro-batches for any number of ranks: each computes the gradients
/// of its micro-batches and reads their pictures only; rank 0 alone validates and writes.
class Training {
 public:
  /// Both data sets must outlive it and have the same classes; throws `Error(usage)` when they do not, or when the
  /// batch does not part into micro-batches, or there are fewer of them than ranks.
  Training(const Pictures& pictures, const Pictures& validation, TrainOptions options, Ranks* ranks = nullptr);
  ~Training();
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  /// Goes on from the checkpoint in `out`, if there is one, and tells whether. Throws `Error(usage)` naming what
  /// differs when it was made with other options, `Error(format)` when it is damaged.
  bool resume();
  /// Trains to the end, or until the listener answers false; writes checkpoints, snapshots, curves.csv, curves.png and
  /// in the end model.onnx into `out`. Tells whether it came to the end. With ranks all must call it; one listener that
  /// answers false stops all after the same step. Throws `Error(usage)` when another rank trains with other options or
  /// from another place, `Error(resource)` when one is gone: nothing that rank 0 has written is lost.
  bool run(const TrainListener& listener = {});
  /// Returns the network as it is now, for inference, batch norm folded, with its card.
  Model model() const;
  /// Returns the figures of all epochs so far.
  const std::vector<EpochFigures>& history() const;
  /// Returns the pictures that could not be read so far.
  std::vector<Broken> broken() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How well a model does on a data set.
struct Evaluation {
  std::int64_t pictures = 0;
  double loss = 0;
  double top1 = 0;
  double top5 = 0;
  std::vector<std::vector<std::int64_t>> confusion;  ///< [class][predicted]
  std::vector<Broken> broken;
};

/// Runs a model on every picture of a data set, in order. Throws `Error(usage)` when the model has no card that says
/// how a picture becomes its input, or another number of classes than the data set. `progress` answers false to stop.
Evaluation evaluate(const Model& model, const Pictures& pictures, std::int64_t batch = 32, int threads = 1,
                    const std::function<bool(std::int64_t done, std::int64_t total)>& progress = {});

}  // namespace fovea

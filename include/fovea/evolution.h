// How a network's features came to be: for chosen channels the strongest picture of a data set at each snapshot of a
// training, with its projection (Zeiler and Fergus 2014, figure 4), and how early each layer was what it ended as.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/atlas.h>
#include <fovea/data.h>
#include <fovea/figure.h>
#include <fovea/image.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// One snapshot: a model file and what stands over its column.
struct Snapshot {
  std::filesystem::path path;
  std::int64_t epoch = 0;
};

/// Finds a training's snapshots: the models of FOLDER/snapshots (or of FOLDER itself) in the order of their epochs, and
/// FOLDER/model.onnx behind them where its card tells of a later epoch. Throws `Error(file)` when there are none.
std::vector<Snapshot> find_snapshots(const std::filesystem::path& folder);

/// Choices.
struct EvolutionOptions {
  std::vector<std::string> values;  ///< names or patterns; empty: every rectifier's output and the logits
  /// Channels shown of each value: those that answer most strongly in the end.
  std::int64_t channels = 6;
  std::string recipe = "deconvnet";  ///< of the projections
  int side = 56;                     ///< px of a patch
  std::int64_t batch = 32;
  int loader_threads = 1;
  Progress progress;  ///< over pictures of all snapshots
};

/// One channel at one snapshot.
struct EvolutionCell {
  Strongest strongest;
  bool changed = false;  ///< another picture than at the snapshot before
  Image patch;           ///< what the unit sees of it
  Image projection;      ///< what in it the unit answers to; its contrast stretched to the whole scale
};

/// One value over all snapshots.
struct ValueEvolution {
  std::string value;
  std::vector<std::int64_t> channels;             ///< that are shown
  std::vector<std::vector<EvolutionCell>> cells;  ///< [channel][snapshot]
  /// Per snapshot, mean over channels of the correlation (Pearson) of the pictures' strongest answers with those at the
  /// last snapshot: 1 where the channel orders pictures as it will in the end. Channels that never vary are left out.
  std::vector<double> correlation;
  /// Per snapshot, the share of channels whose strongest picture is that of the last snapshot already.
  std::vector<double> settled;
  /// Per snapshot, ||w - w_last|| / ||w_last|| of the weights that compute the value; NaN where there are none.
  std::vector<double> weights;
};

/// What came of it.
struct Evolution {
  std::vector<Snapshot> snapshots;
  std::vector<ValueEvolution> values;
  std::vector<Broken> broken;
  std::int64_t pictures = 0;
};

/// Goes through the data set once per snapshot, the last one first. Throws `Error(usage)` for fewer than two snapshots
/// and for snapshots of different networks (naming where they differ), `Error(stopped)` when the listener asks to stop.
Evolution trace_evolution(const std::vector<Snapshot>& snapshots, const Pictures& pictures,
                          const EvolutionOptions& options = {});

/// Draws the paper's figure, a block per value, a row per channel, a column per snapshot (projection and patch side by
/// side; a bar on the left where the picture is another than before), and below how the values converge.
Figure draw_evolution(const Evolution& evolution, std::string_view title);

/// Returns the first snapshot's epoch from which on a figure stays at or above `bar`; -1 when it is never there.
std::int64_t settled_epoch(const std::vector<Snapshot>& snapshots, const std::vector<double>& figure, double bar);

}  // namespace fovea

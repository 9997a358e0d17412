// One shard of an atlas: some consecutive pictures of a data set go through the network once, and of every value only
// what the atlas keeps remains.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/api.h>
#include <fovea/atlas.h>
#include <fovea/data.h>

#include "atlas/top_k.h"

namespace FOVEA_API fovea {

/// What is asked of every picture.
struct ScanPlan {
  std::vector<ValueId> ranked;
  std::vector<ValueId> embedded;
  std::vector<std::int64_t> classes;  ///< the network's class of every label; empty where they do not match
  std::int64_t top = 9;
};

/// What a scan found.
struct Shard {
  std::int64_t first = 0;  ///< its pictures are first .. first + records.size()
  std::vector<ChannelTops> tops;
  std::vector<Tensor> embeddings;     ///< per embedded value, float32 [pictures,D]; NaN rows for broken pictures
  std::vector<AtlasPicture> records;  ///< names and labels left out
  std::int64_t not_finite = 0;        ///< pictures for which some ranked value held no number
};

/// Told after each batch; answers false to stop.
using BatchProgress = std::function<bool(std::int64_t pictures)>;

/// Takes the next `count` pictures, from `first` on, out of a loader that stands there. Throws `Error(stopped)`
/// when the listener says so.
Shard scan_shard(const Model& model, Loader& loader, const ScanPlan& plan, std::int64_t first, std::int64_t count,
                 const BatchProgress& progress);

/// Returns what embeds a picture: values without positions as they are, others by their mean over positions, [N,D].
Tensor pooled(const Tensor& value);

}  // namespace fovea

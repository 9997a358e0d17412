// The finished form of an atlas: a database of records and strongest places, and a .npy per embedded value, all of them
// put together from the shards in their order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <fovea/atlas.h>

#include "atlas/scan.h"

namespace fovea {

/// Returns where the database lies; it is written last, so an atlas is finished when it is there.
std::filesystem::path database_path(const std::filesystem::path& folder);
/// Returns where the embeddings of a value lie.
std::filesystem::path embedding_path(const std::filesystem::path& folder, const AtlasManifest& manifest,
                                     std::size_t value);

/// What shards say of their pictures.
struct Faults {
  std::int64_t broken = 0;      ///< could not be read
  std::int64_t not_finite = 0;  ///< some ranked value held no number
};

/// Puts an atlas together from its shards, which stay; takes memory for one shard at a time. Throws `Error(file)` when
/// something cannot be written, `Error(format)` when a shard is missing or damaged; then nothing finished is there.
Faults finish_atlas(const std::filesystem::path& folder, const AtlasManifest& manifest, const Pictures& pictures,
                    const AtlasProgress& progress);

}  // namespace fovea

// Finished shards on disk: written whole or not at all, and read back only when every byte is the one written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "atlas/scan.h"

namespace fovea {

/// Returns where a shard lies in an atlas's folder while it is being built.
std::filesystem::path shard_path(const std::filesystem::path& folder, std::int64_t number);

/// Writes a shard; throws `Error(file)`.
void write_shard(const std::filesystem::path& path, const Shard& shard);

/// Reads a shard; nothing when there is none or it is damaged, so that it is made anew.
std::optional<Shard> read_shard(const std::filesystem::path& path);

}  // namespace fovea

// Files read in one piece, and written whole or not at all: a temporary in the same folder, then rename(2).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <vector>

#include <fovea/api.h>

namespace FOVEA_API fovea {

/// Writes a file whole or not at all: whoever opens `path` finds the old content or all of the new one. The temporary
/// is removed on failure; an existing file keeps its permissions, a symbolic link its place. Throws `Error(file)`.
void write_whole(const std::filesystem::path& path, std::span<const std::byte> bytes);
/// As above, from pieces that are laid one after another.
void write_whole(const std::filesystem::path& path, std::initializer_list<std::span<const std::byte>> pieces);

/// Reads a file in one piece. Throws `Error(file)` when it is missing, a folder, or cannot be read, `Error(resource)`
/// when it has more than `most` bytes.
std::vector<std::byte> read_whole(const std::filesystem::path& path, std::uintmax_t most);

}  // namespace fovea

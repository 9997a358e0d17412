// YAML files as JSON: mappings, sequences and scalars, the latter as texts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "shared/json.h"

namespace fovea::cli {

/// Reads a YAML file; throws `Error(file)` when it is missing or larger than `most_bytes`, `Error(format)` naming line
/// and column where it cannot be read.
Json read_yaml(const std::filesystem::path& path, std::uintmax_t most_bytes);

}  // namespace fovea::cli

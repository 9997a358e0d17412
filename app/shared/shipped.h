// The models that come with the program.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fovea::cli {

/// Returns the folder of the shipped models: $FOVEA_MODELS, where they were installed, or `models` in a folder above
/// the program's. Nothing when there is none.
std::optional<std::filesystem::path> models_folder();

/// Returns the names of the shipped models, sorted.
std::vector<std::string> shipped_models();

/// Finds a shipped model by its name ("world"); throws `Error(file)` telling where it was looked for.
std::filesystem::path shipped_model(const std::string& name);

}  // namespace fovea::cli

// Learning curves, as a table and as a picture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <fovea/train.h>

namespace fovea {

/// Writes curves.csv and curves.png into a folder.
void write_curves(const std::filesystem::path& folder, const std::vector<EpochFigures>& history);

}  // namespace fovea

// Where `fovea explain` writes: one file, or files of one folder, none of which may be somebody else's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "shared/explanation.h"

namespace fovea::cli {

/// Where results go: one file, or files of one folder.
struct Destination {
  std::filesystem::path path;
  bool folder = false;
  bool drawn = true;  ///< pictures
  bool raw = false;   ///< .npy, of each map
};

/// Reads --out and --raw; throws `Error(usage)` for an unknown ending, or for one file where several are written.
Destination destination_of(const std::string& out, bool raw, const Request& request, std::size_t pictures);

/// Names where results go when nobody says: IMAGE_TECHNIQUE.png in the current folder (IMAGE_sheet.png of several
/// techniques, a film of a clip), or that folder for several pictures.
std::string place_beside_caller(const Request& request, const std::vector<std::string>& pictures);

/// Names the file of one map, or of the sheet.
std::filesystem::path file_of(const Destination& to, const std::filesystem::path& picture, std::string_view technique);

/// Throws unless all results and their sidecars may be written: nothing that is not ours is overwritten.
void require_free(const Destination& to, const Request& request, const std::vector<std::string>& pictures);

}  // namespace fovea::cli

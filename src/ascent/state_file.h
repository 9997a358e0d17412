// What an ascent must remember to go on, and what a finished one came to, in one file (a checkpoint as training's).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <fovea/ascent.h>

namespace fovea {

/// An ascent between two steps.
struct AscentState {
  std::string key;  ///< says of which ascent it is
  std::int64_t step = 0;
  bool done = false;
  std::vector<Tensor> parameters;
  std::string optimiser;  ///< bytes
  Ascended so_far;
};

/// Returns a text that differs whenever two ascents would.
std::string key_of(const Model& model, const AscentOptions& options);

/// Writes a state, whole or not at all.
void write_state(const std::filesystem::path& path, const AscentState& state);

/// Reads a state; nothing when there is none or it is of another ascent. Throws `Error(format)` when it is damaged.
std::optional<AscentState> read_state(const std::filesystem::path& path, const std::string& key);

}  // namespace fovea

// Checkpoints: what a training must remember to go on bit for bit, in one file that is written whole or not at all:
// "FOVEATR1", the length of a JSON text (8 bytes), the text, then the tensors' float32 numbers one after another.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <fovea/tensor.h>

namespace fovea {

/// A checkpoint in memory.
struct Checkpoint {
  std::string text;                       ///< JSON: options, place, history
  std::map<std::string, Tensor> tensors;  ///< float32
};

/// Writes a checkpoint; the one before it stays until the new one is complete. Throws `Error(file)`.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Reads one; throws `Error(format)` when its sizes do not agree with the file's.
Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace fovea

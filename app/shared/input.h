// The INPUTs and IMAGEs of a command line: pictures, preprocessed as the model says, or .npy tensors taken as they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <fovea/model.h>

namespace fovea::cli {

/// One input, ready for the network.
struct Input {
  std::filesystem::path path;
  Tensor tensor;  ///< [N,C,H,W], float32
  Image seen;     ///< what the network sees of it; of the first of a batch
};

/// Reads a picture or a .npy file. Throws `Error(usage)` for a picture when the model does not say how pictures become
/// its input, and for a .npy that holds no float numbers.
Input read_input(const std::filesystem::path& path, const Model& model);

/// Reads a .npy of numbers as float32.
Tensor read_floats(const std::filesystem::path& path);

/// Throws `Error(format)` naming the damaged weight, if one is, when class scores are not finite.
void require_finite(const Model& model, const Tensor& scores);

}  // namespace fovea::cli

// NumPy's .npy files, for raw tensors in and out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <fovea/api.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Reads a .npy file (version 1 to 3; little-endian floats, integers or bools; C or Fortran order). Throws
/// `Error(file)` when missing, `Error(format)` when it is not one or its length does not fit its header.
Tensor read_npy(const std::filesystem::path& path);

/// Writes a tensor as .npy version 1 (C order, same element type), whole or not at all.
void write_npy(const std::filesystem::path& path, const Tensor& tensor);

}  // namespace fovea

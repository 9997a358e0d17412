// Where the program computes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fovea/model.h>

namespace fovea::cli {

/// Throws `Error(unsupported)` when libtorch cannot compute on "cpu" or "cuda".
void require_device(const std::string& device);
/// Moves a tensor to "cpu" or "cuda".
Tensor to_device(const Tensor& tensor, const std::string& device);
/// Moves a model's floating-point weights; shapes and indices stay, for ops read them on the CPU.
Model on_device(Model model, const std::string& device);

}  // namespace fovea::cli

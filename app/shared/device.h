// Where and with how many threads the program computes.
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

/// Sets the threads of libtorch and of the BLAS below it, which has a pool of its own and would otherwise choose
/// another number: sums would then come out in another order than a sidecar, which knows one number, can ask for again.
void set_threads(int threads);
/// Tells how many threads libtorch uses.
int thread_count();

}  // namespace fovea::cli

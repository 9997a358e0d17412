// What every arrangement of embeddings asks of its table.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fovea/tensor.h>

namespace fovea {

/// Returns a table [N,D] as contiguous float32 on the CPU. Throws `Error(shape)` when it has other axes, no numbers or
/// none of floating point, `Error(format)` naming the first row with a number that is not finite in float32; `what`
/// names the table in messages.
Tensor checked_table(const Tensor& table, const std::string& what);

}  // namespace fovea

// What every measure asks of its map and of its mask.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea {

/// Returns a map [H,W] in float64, contiguous, on the CPU; throws `Error` when it has another shape or is not finite.
Tensor checked_map(const Tensor& map);

/// Returns a mask [H,W] as bytes 0 and 1, contiguous, on the CPU; throws `Error(shape)` unless it is uint8 or bool and
/// [height,width].
Tensor checked_mask(const Tensor& mask, std::int64_t height, std::int64_t width);

}  // namespace fovea

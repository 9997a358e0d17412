// Per-channel parameters as factors of a whole activation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <fovea/tensor.h>

namespace fovea::ops {

/// Returns a tensor [C] as [1,C,1...] of that rank, to broadcast over batch and space.
inline Tensor along_channels(const Tensor& parameters, std::int64_t rank) {
  Shape shape(static_cast<std::size_t>(rank), 1);
  shape[rank > 1 ? 1 : 0] = -1;
  return parameters.reshape(shape);
}

}  // namespace fovea::ops

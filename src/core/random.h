// Random numbers keyed by (seed, stream), independent of batch, order and threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <fovea/api.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Draws standard normal numbers, float32 on the CPU, from the counter-based generator Philox4x32-10 (Salmon et al.
/// 2011) by Box and Muller's transform: the same bytes for the same (seed, stream) everywhere.
Tensor normal(const Shape& shape, std::uint64_t seed, std::uint64_t stream);

/// Draws uniform numbers in [0, 1) from the same generator.
Tensor uniform(const Shape& shape, std::uint64_t seed, std::uint64_t stream);

}  // namespace fovea

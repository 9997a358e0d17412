// Pixels made up from their neighbours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <fovea/tensor.h>

namespace fovea {

/// Fills removed pixels with the weighted mean of their 8 neighbours (1/6 beside, 1/12 across a corner), all at once:
/// the solution of the linear system in which removed neighbours are unknowns too; then adds normal noise of standard
/// deviation `noise` times the picture's own. Rong, Leemann, Borisov, Kasneci, Kasneci 2022, section 4.2.
/// `picture` is [1,C,H,W], `removed` uint8 [H,W]; at least one pixel must be left.
Tensor impute(const Tensor& picture, const Tensor& removed, double noise, std::uint64_t seed);

}  // namespace fovea

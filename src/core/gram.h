// Gram matrices: G = F F^T / (C * positions), which channels occur together, wherever they do.
// Gatys, Ecker and Bethge 2015, Texture synthesis, equation 1.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea {

/// Returns the Gram matrices [N,C,C] of maps [N,C,h,w], over C times the number of positions. With a mask [1,1,h,w]
/// the maps are multiplied by it, and the mask's sum takes the place of the number of positions.
Tensor gram_matrix(const Tensor& maps, const Tensor& mask = {});

}  // namespace fovea

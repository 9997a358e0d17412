// Superpixels: a picture cut into compact regions of like colour.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea {

/// Cuts a picture [C,H,W] into about `count` regions by SLIC; `compactness` weighs distance in space against distance
/// in colour, which is scaled by the picture's range. Returns labels [H,W], int64, numbered from 0 without gaps; every
/// region is connected.
Tensor superpixels(const Tensor& picture, std::int64_t count, double compactness);

}  // namespace fovea

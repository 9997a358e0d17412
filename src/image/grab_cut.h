// An object's segmentation from a saliency map (Simonyan et al. 2013, section 3.2).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/image.h>

namespace fovea {

/// Cuts out the object that a saliency map [H,W] of the picture's size points at, by GrabCut (Rother et al. 2004):
/// pixels above the map's 95 % quantile are surely the object, those below its 30 % quantile surely not, and colours
/// decide about the rest; the largest connected part is kept. Returns [H,W] of 0 and 1, float32.
Tensor segment_by_map(const Image& picture, const Tensor& map);

}  // namespace fovea

// Levels to pictures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/image.h>

namespace fovea {

/// Makes a picture of levels [3,H,W] or [H,W], 0 black and 1 white; NaN becomes mid-grey.
Image picture_of_levels(const Tensor& levels);

}  // namespace fovea

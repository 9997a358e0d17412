// What a camera does to a scene: blur, exposure, sensor noise, block artefacts of a lossy codec.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/image.h>

#include "data/world/canvas.h"

namespace fovea::world {

/// Turns a painted canvas into a picture, with effects keyed by (seed, index).
Image photograph(Canvas canvas, std::uint64_t seed, std::int64_t index);

}  // namespace fovea::world

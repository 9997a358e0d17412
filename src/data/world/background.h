// What lies behind the object: textured ground and wall, and shapes that are nothing in particular.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/world/canvas.h"
#include "data/world/random_stream.h"

namespace fovea::world {

/// Covers the canvas: a wall, or a ground under a sky, with patches.
void paint_background(Canvas& canvas, const NoiseTile& noise, RandomStream random, Light light);

/// Shapes that are no object: simple ones, and single small parts of any class.
std::vector<Shape> draw_loose_shape(RandomStream& random);

/// Lays 2 to 6 of them over the background, with shadows.
void paint_distractors(Canvas& canvas, const NoiseTile& noise, RandomStream random, Light light);

}  // namespace fovea::world

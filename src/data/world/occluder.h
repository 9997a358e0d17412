// Things in front of objects, that hide a little of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "data/world/placement.h"

namespace fovea::world {

/// An area that is laid over the objects, and what it looks like.
struct Occluder {
  Coverage coverage;
  Surface surface;
};

/// Draws an occluder for some of all scenes: at the edge of the first object, hiding 3 to 25 % of it, no more than that
/// of any other and nothing of a context (its map; may be empty).
std::optional<Occluder> draw_occluder(RandomStream random, std::span<const PlacedThing> objects,
                                      std::span<const std::uint8_t> context, int size);

}  // namespace fovea::world

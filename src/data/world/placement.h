// Things with a place in a picture: the coverage of each of their parts, and which part is seen at each pixel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/world/canvas.h"
#include "data/world/contexts.h"
#include "data/world/random_stream.h"
#include "data/world/shapes.h"

namespace fovea::world {

/// A sketch in its place.
struct PlacedThing {
  std::int64_t kind = 0;  ///< its class or its kind of context
  Pose pose;
  std::vector<Part> parts;
  std::vector<Coverage> coverages;     ///< one per part
  std::vector<std::uint8_t> part_map;  ///< size x size: 0 outside, else 1 + the part on top
  std::int64_t area = 0;               ///< px of the map that are not 0
};

/// Where an object may stand, px, and how much of the picture it may cover.
struct Room {
  Extent box;
  double least_share;
  double most_share;
};

/// Sketches an object and places it: somewhere in its room, scaled so that it covers a share of the picture drawn
/// between the bounds, as far as it fits; turned by up to 35 degrees, every second time mirrored.
PlacedThing place_object(RandomStream& random, std::int64_t label, const Room& room, int size);

/// Sketches a context and places it where it hides nothing of the objects: beside them, or reaching to the first.
PlacedThing place_context(RandomStream& random, std::int64_t kind, std::span<const PlacedThing> objects, int size);

/// Returns a coverage of all parts together.
Coverage union_of(const PlacedThing& thing, int size);

/// Counts the pixels at least half covered that are set in a map.
std::int64_t overlap(const Coverage& coverage, int dx, int dy, std::span<const std::uint8_t> map, int size);

}  // namespace fovea::world

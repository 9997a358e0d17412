// What is decided about a scene before anything is drawn: classes, where objects may stand, light, context.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <fovea/world.h>

#include "data/world/canvas.h"
#include "data/world/placement.h"

namespace fovea::world {

/// The decisions.
struct Composition {
  std::vector<std::int64_t> labels;
  std::vector<Room> rooms;  ///< one per label
  Light light;
  std::optional<std::int64_t> context;  ///< its kind
};

/// Decides about a scene of checked options.
Composition compose(const WorldOptions& options, std::uint64_t seed, std::int64_t index);

}  // namespace fovea::world

// Blocks of space and channels: how DepthToSpace and SpaceToDepth move values between them, and where positions go.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ops/window.h"

namespace fovea::ops {

/// Reads attribute blocksize; throws `Error(shape)` unless the input is [N,C,H,W] and the size positive.
inline std::int64_t block_size(const Node& node, const Shape& input) {
  const std::int64_t size = node.attributes.integer("blocksize", 0);
  if (size < 1 || input.size() != 4) {
    fail(ErrorKind::shape, node,
         "blocksize " + std::to_string(size) + " with an input of shape " + spell(input) +
             ", expected a positive one and [N,C,H,W]");
  }
  return size;
}

/// Returns the positions of the finer of two values that lie in some blocks of the coarser.
inline Region refine(const Region& region, std::int64_t size) {
  return map_extents(region, [&](std::size_t, Extent in) { return Extent{in.begin * size, in.end * size}; });
}

/// Returns the blocks that some positions of the finer value lie in.
inline Region coarsen(const Region& region, std::int64_t size) {
  return map_extents(region, [&](std::size_t, Extent in) {
    return Extent{floor_div(in.begin, size), ceil_div(in.end, size)};
  });
}

/// The geometry of DepthToSpace (`Finer`: its output is the finer value) and of SpaceToDepth.
template <bool Finer>
inline constexpr Geometry block_geometry{
    .affected =
        [](const Placed& placed, std::size_t, const Region& of_input) {
          const std::int64_t size = block_size(placed.node, placed.input_shapes[0]);
          return Finer ? refine(of_input, size) : coarsen(of_input, size);
        },
    .needed =
        [](const Placed& placed, std::size_t, const Region& of_output) {
          const std::int64_t size = block_size(placed.node, placed.input_shapes[0]);
          return Finer ? coarsen(of_output, size) : refine(of_output, size);
        },
};

}  // namespace fovea::ops

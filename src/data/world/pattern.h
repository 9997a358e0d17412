// Surface patterns: numbers in [0, 1] over a plane (u, v), one unit per cell; and the smooth noise they are made of.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace fovea::world {

/// What a surface looks like. `any` stands for one of the others, drawn per object.
enum class Pattern {
  any,
  plain,
  stripes,
  dots,
  checks,
  cloth,   ///< a weave of short threads
  scales,  ///< rows of overlapping arcs
  bricks,
  tiles,
  wood,
  noise,    ///< soft clouds
  speckle,  ///< noise with hard edges
  grass,    ///< upright streaks
  water,    ///< lying ripples
};

/// How many patterns there are to draw from, without `any`.
inline constexpr int pattern_count = 13;

/// Random numbers on a 64 x 64 lattice that repeats, and smooth in between (value noise).
class NoiseTile {
 public:
  NoiseTile(std::uint64_t seed, std::int64_t index);
  /// Returns noise in [0, 1] that changes over one unit.
  float at(float u, float v) const;
  /// Returns two octaves of it.
  float cloud(float u, float v) const { return 0.65f * at(u, v) + 0.35f * at(2.1f * u + 17, 2.1f * v + 5); }

 private:
  static constexpr std::size_t side = 64;
  std::array<float, side * side> lattice_{};
};

/// An affine map from picture px to a pattern's plane.
struct PatternFrame {
  float ux = 1, uy = 0, u0 = 0;
  float vx = 0, vy = 1, v0 = 0;
};

/// Returns the frame whose cells are `cell` px wide, turned by `angle` radians, with an offset in cells.
PatternFrame pattern_frame(double cell, double angle, double offset_u, double offset_v);

/// Computes a pattern for the pixels (x .. x + values.size() - 1, y) of a row.
void pattern_row(Pattern pattern, const PatternFrame& frame, const NoiseTile& noise, int x, int y,
                 std::span<float> values);

}  // namespace fovea::world

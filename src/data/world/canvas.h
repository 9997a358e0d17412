// The picture while it is painted: planes of float, coverage of shapes with smooth edges, surfaces laid over each
// other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "data/world/pattern.h"
#include "data/world/shapes.h"

namespace fovea::world {

/// Red, green, blue, 0 .. 1.
using Rgb = std::array<float, 3>;

/// A square picture of float, one plane per colour.
struct Canvas {
  explicit Canvas(int side) : size(side) {
    for (std::vector<float>& plane : planes) plane.resize(static_cast<std::size_t>(side) * side);
  }
  float* row(std::size_t channel, int y) { return planes[channel].data() + static_cast<std::size_t>(y) * size; }
  const float* row(std::size_t channel, int y) const {
    return planes[channel].data() + static_cast<std::size_t>(y) * size;
  }

  int size;
  std::array<std::vector<float>, 3> planes;
};

/// How much of every pixel a shape covers, within a window of the picture.
struct Coverage {
  static constexpr int full = 240;
  static constexpr int half = full / 2;

  int x0 = 0;
  int y0 = 0;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> alpha;  ///< height x width, 0 .. full

  const std::uint8_t* row(int y) const { return alpha.data() + static_cast<std::size_t>(y) * width; }
  std::uint8_t* row(int y) { return alpha.data() + static_cast<std::size_t>(y) * width; }
  /// Returns the coverage of a pixel of the picture, 0 outside the window.
  int at(int x, int y) const {
    const bool inside = x >= x0 && y >= y0 && x < x0 + width && y < y0 + height;
    return inside ? row(y - y0)[x - x0] : 0;
  }
};

/// Draws the union of shapes, 16 samples per pixel.
Coverage rasterise(std::span<const Shape> shapes, const Pose& pose, int size);

/// Returns a window of a whole picture, covered.
Coverage covered_picture(int size);

/// Where the light comes from: the direction it travels, x and y of a unit vector.
struct Light {
  float x = 0;
  float y = 0;
};

/// What a shape looks like.
struct Surface {
  Rgb first{};
  Rgb second{};
  Pattern pattern = Pattern::plain;
  PatternFrame frame;
  float opacity = 1;
  float relief = 0;  ///< how much edges are shaded as if the shape were rounded
};

/// Lays a shape over the canvas.
void paint(Canvas& canvas, const Coverage& coverage, const Surface& surface, const NoiseTile& noise, Light light);

/// Darkens the canvas by a share where a blurred coverage, moved by (dx, dy) px, falls.
void cast_shadow(Canvas& canvas, const Coverage& coverage, int dx, int dy, int blur, float share);

}  // namespace fovea::world

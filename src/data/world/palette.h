// Colours, drawn from the same wide ranges for every class, so that a colour says nothing about what a thing is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "data/world/canvas.h"
#include "data/world/random_stream.h"
#include "data/world/shapes.h"

namespace fovea::world {

/// Returns the colour of a hue, a saturation and a value, all 0 .. 1.
Rgb from_hsv(double hue, double saturation, double value);
/// Returns `a` moved towards `b` by a share.
Rgb mixed(const Rgb& a, const Rgb& b, double share);
/// Returns the sum of absolute differences, 0 .. 3.
double distance(const Rgb& a, const Rgb& b);

/// The colours of one object, by tone.
struct Palette {
  std::array<Rgb, 5> colours{};
  const Rgb& operator[](Tone tone) const { return colours[static_cast<std::size_t>(tone)]; }
  Rgb& operator[](Tone tone) { return colours[static_cast<std::size_t>(tone)]; }
};

/// Draws an object's colours: distinct from each other, and the main ones from what is behind it.
Palette draw_palette(RandomStream& random, const Rgb& behind);

/// Draws what a part's surface looks like. `pattern` is never `any`; cells are a share of `scale` px.
Surface draw_surface(RandomStream& random, const Rgb& colour, Pattern pattern, double scale, double angle);

/// Draws a pattern that surfaces of things have.
Pattern draw_pattern(RandomStream& random);

}  // namespace fovea::world

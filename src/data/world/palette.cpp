// Drawing colours by rejection: a colour that is too near to another one is drawn again, a few times.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/palette.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace fovea::world {
namespace {

constexpr double least_from_behind = 0.6;  ///< as `distance`: an object is seen before its background
constexpr double least_from_other = 0.5;   ///< and its parts before each other

double luminance(const Rgb& c) { return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]; }

Rgb draw_colour(RandomStream& random) {
  const double hue = random.unit();
  const double saturation = random.between(0.05, 0.95);
  return from_hsv(hue, saturation, random.between(0.25, 1));
}

/// Draws a colour of middle lightness, away from others as far as a few attempts allow.
Rgb draw_apart(RandomStream& random, std::span<const Rgb> others, std::span<const double> least) {
  constexpr int attempts = 12;
  constexpr double darkest = 0.24;
  constexpr double lightest = 0.78;
  Rgb best{};
  double best_room = -10;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const Rgb colour = draw_colour(random);
    const double light = luminance(colour);
    double room = std::min({light - darkest, lightest - light, 0.0});
    for (std::size_t i = 0; i < others.size(); ++i) room = std::min(room, distance(colour, others[i]) - least[i]);
    if (room <= best_room) continue;
    best_room = room;
    best = colour;
    if (room >= 0) break;
  }
  return best;
}

}  // namespace

Rgb from_hsv(double hue, double saturation, double value) {
  Rgb colour{};
  for (int c = 0; c < 3; ++c) {
    const double k = std::fmod(6 * hue + (c == 0 ? 5 : c == 1 ? 3 : 1), 6.0);
    const double share = std::clamp(std::min(k, 4 - k), 0.0, 1.0);
    colour[static_cast<std::size_t>(c)] = static_cast<float>(value * (1 - saturation * share));
  }
  return colour;
}

Rgb mixed(const Rgb& a, const Rgb& b, double share) {
  Rgb colour{};
  for (std::size_t c = 0; c < 3; ++c) colour[c] = a[c] + static_cast<float>(share) * (b[c] - a[c]);
  return colour;
}

double distance(const Rgb& a, const Rgb& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

Palette draw_palette(RandomStream& random, const Rgb& behind) {
  Palette palette;
  palette[Tone::main] = draw_apart(random, std::array<Rgb, 1>{behind}, std::array{least_from_behind});
  palette[Tone::second] = draw_apart(random, std::array{behind, palette[Tone::main]},
                                     std::array{0.7 * least_from_behind, least_from_other});
  palette[Tone::accent] = draw_apart(random, std::array{palette[Tone::main], palette[Tone::second]},
                                     std::array{least_from_other, 0.5 * least_from_other});
  const double dark_hue = random.unit();
  palette[Tone::dark] = from_hsv(dark_hue, random.between(0, 0.6), 0.14);
  const double light_hue = random.unit();
  palette[Tone::light] = from_hsv(light_hue, random.between(0, 0.2), 0.97);
  return palette;
}

Surface draw_surface(RandomStream& random, const Rgb& colour, Pattern pattern, double scale, double angle) {
  constexpr Rgb black{0, 0, 0};
  constexpr Rgb white{1, 1, 1};
  const bool darker = luminance(colour) > random.between(0.25, 0.75);
  const double contrast = random.between(0.25, 0.6);
  const double cell = std::max(3.0, scale * random.between(0.13, 0.22));
  const double offset_u = 64 * random.unit();
  const double offset_v = 64 * random.unit();
  return {.first = colour,
          .second = mixed(colour, darker ? black : white, contrast),
          .pattern = pattern,
          .frame = pattern_frame(cell, angle, offset_u, offset_v),
          .opacity = 1,
          .relief = static_cast<float>(random.between(0.35, 0.8))};
}

Pattern draw_pattern(RandomStream& random) {
  constexpr std::array patterns{Pattern::plain,  Pattern::plain,   Pattern::stripes, Pattern::dots,
                                Pattern::checks, Pattern::cloth,   Pattern::scales,  Pattern::wood,
                                Pattern::noise,  Pattern::speckle, Pattern::noise,   Pattern::tiles};
  return patterns[static_cast<std::size_t>(random.below(static_cast<int>(patterns.size())))];
}

}  // namespace fovea::world

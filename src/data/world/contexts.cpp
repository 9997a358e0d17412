// Sketches and colours of contexts: arm, fence, flag, grass, lamp, watermark.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/contexts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fovea::world {
namespace {

/// Takes two colours; the rest of a palette are shades of them.
Palette palette_of(const Rgb& main, const Rgb& second, const Rgb& accent) {
  Palette palette;
  palette[Tone::main] = main;
  palette[Tone::second] = second;
  palette[Tone::accent] = accent;
  palette[Tone::dark] = {0.1f, 0.09f, 0.1f};
  palette[Tone::light] = {0.97f, 0.96f, 0.93f};
  return palette;
}

Rgb draw_near(RandomStream& random, double hue, double saturation, double value) {
  const double h = hue + random.between(-0.03, 0.03);
  const double s = saturation * random.between(0.8, 1.2);
  return from_hsv(std::fmod(h + 1, 1.0), std::min(s, 1.0), std::min(1.0, value * random.between(0.85, 1.15)));
}

Rgb draw_any(RandomStream& random) {
  const double hue = random.unit();
  return from_hsv(hue, random.between(0.4, 0.95), random.between(0.4, 0.95));
}

/// A hand at the origin that grasps to the left, its forearm and sleeve to the right.
void sketch_arm(Sketch& s, double reach) {
  const double sleeve = std::max(0.9, 0.5 * reach);
  s.part("fingers", Tone::main, Pattern::plain);
  for (int i = 0; i < 4; ++i) {
    const double y = -0.2 + 0.125 * i;
    s.stroke({{0.24, 0.75 * y}, {0.05 + 0.5 * y * y, y}}, 0.1);
  }
  s.stroke({{0.44, 0.16}, {0.26, 0.32}, {0.12, 0.3}}, 0.11);
  s.part("forearm", Tone::main, Pattern::plain)
      .ellipse({0.38, 0.0}, 0.24, 0.2)
      .polygon({{0.36, -0.15}, {sleeve + 0.1, -0.19}, {sleeve + 0.1, 0.19}, {0.36, 0.15}});
  s.part("sleeve", Tone::second, Pattern::stripes)
      .polygon({{sleeve, -0.23}, {reach, -0.27}, {reach, 0.27}, {sleeve, 0.23}});
}

Palette arm_palette(RandomStream& random) {
  const Rgb skin = draw_near(random, 0.065, 0.48, random.between(0.55, 0.98));
  return palette_of(skin, draw_any(random), skin);
}

void sketch_fence(Sketch& s, double) {
  s.part("rails", Tone::second, Pattern::plain).box(-1, -0.22, 1, -0.08).box(-1, 0.28, 1, 0.42);
  s.part("pickets", Tone::main, Pattern::wood);
  const double half = s.about(0.125, 0.1);
  for (int i = 0; i < 5; ++i) {
    const double x = -0.8 + 0.4 * i;
    s.polygon({{x - half, 0.62}, {x - half, -0.42}, {x, -0.64}, {x + half, -0.42}, {x + half, 0.62}});
  }
}

Palette fence_palette(RandomStream& random) {
  const Rgb wood = random.chance(0.5) ? Rgb{0.94f, 0.93f, 0.9f} : draw_near(random, 0.08, 0.5, 0.6);
  return palette_of(wood, mixed(wood, {0, 0, 0}, 0.35), wood);
}

void sketch_flag(Sketch& s, double) {
  const double wave = s.about(0.12, 0.4);
  s.part("pole", Tone::accent, Pattern::plain)
      .stroke({{-0.6, -0.9}, {-0.6, 1}}, 0.13)
      .ellipse({-0.6, -0.95}, 0.11, 0.11);
  for (int band = 0; band < 3; ++band) {
    Contour cloth;
    constexpr int steps = 8;
    const double top = -0.84 + 0.32 * band;
    for (int i = 0; i <= steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      cloth.push_back({-0.54 + 1.4 * t, top + wave * std::sin(6 * t)});
    }
    for (int i = steps; i >= 0; --i) {
      const double t = static_cast<double>(i) / steps;
      cloth.push_back({-0.54 + 1.4 * t, top + 0.33 + wave * std::sin(6 * t)});
    }
    s.part("cloth", band == 1 ? Tone::light : band == 0 ? Tone::main : Tone::second, Pattern::plain).polygon(cloth);
  }
}

Palette flag_palette(RandomStream& random) {
  const Rgb main = draw_any(random);
  const Rgb second = draw_any(random);
  return palette_of(main, second, from_hsv(0.1, 0.2, random.between(0.2, 0.7)));
}

void sketch_grass(Sketch& s, double) {
  constexpr int blades = 13;
  for (int i = 0; i < blades; ++i) {
    const double foot = -0.6 + 1.2 * i / (blades - 1);
    const double tip = 1.5 * foot + s.random().between(-0.25, 0.25);
    const double top = s.random().between(-0.75, 0.05) + 0.35 * std::abs(foot);
    s.part("blades", i % 2 == 0 ? Tone::main : Tone::second, Pattern::plain)
        .polygon({{foot - 0.09, 0.6},
                  {0.55 * foot + 0.45 * tip - 0.06, 0.5 * (top + 0.6)},
                  {tip, top},
                  {0.55 * foot + 0.45 * tip + 0.05, 0.5 * (top + 0.6) + 0.05},
                  {foot + 0.09, 0.6}});
  }
}

Palette grass_palette(RandomStream& random) {
  const Rgb green = draw_near(random, 0.28, 0.75, 0.62);
  return palette_of(green, mixed(green, {0.05f, 0.15f, 0.02f}, 0.45), green);
}

void sketch_lamp(Sketch& s, double) {
  const double shade = s.about(0.46, 0.12);
  s.part("base", Tone::second, Pattern::plain).segment({0, 1.0}, 0.36, 0.2, 180, 360);
  s.part("stem", Tone::second, Pattern::plain).box(-0.065, -0.3, 0.065, 0.94);
  s.part("bulb", Tone::light, Pattern::plain).ellipse({0, -0.22}, 0.17, 0.16);
  s.part("shade", Tone::main, Pattern::plain)
      .polygon({{-0.24, -0.96}, {0.24, -0.96}, {shade + 0.08, -0.26}, {-shade - 0.08, -0.26}});
}

Palette lamp_palette(RandomStream& random) {
  const Rgb shade = draw_near(random, 0.12, 0.5, 0.95);
  return palette_of(shade, from_hsv(0.08, 0.3, random.between(0.15, 0.45)), shade);
}

/// A letter C in a circle, and three bars for a name.
void sketch_watermark(Sketch& s, double) {
  s.part("mark", Tone::light, Pattern::plain)
      .ring({-0.58, 0}, 0.4, 0.4, 0.1)
      .arc({-0.58, 0}, 0.17, 0.17, 45, 315, 0.1)
      .box(0, -0.36, 1, -0.2)
      .box(0, -0.08, 0.8, 0.08)
      .box(0, 0.2, 1, 0.36);
}

Palette watermark_palette(RandomStream&) { return palette_of({1, 1, 1}, {1, 1, 1}, {1, 1, 1}); }

}  // namespace

std::span<const ContextKind> context_kinds() {
  static constexpr ContextKind kinds[] = {
      {"arm", sketch_arm, arm_palette, 0.5, 1, true},
      {"fence", sketch_fence, fence_palette, 0.38, 1, false},
      {"flag", sketch_flag, flag_palette, 0.3, 1, false},
      {"grass", sketch_grass, grass_palette, 0.36, 1, false},
      {"lamp", sketch_lamp, lamp_palette, 0.34, 1, false},
      {"watermark", sketch_watermark, watermark_palette, 0.36, 0.8f, false},
  };
  return kinds;
}

}  // namespace fovea::world

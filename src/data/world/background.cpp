// Backgrounds are layers of patterns: one over all, in half of the scenes another below a horizon, then soft patches.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/background.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "data/world/classes.h"
#include "data/world/palette.h"

namespace fovea::world {
namespace {

constexpr double quarter = std::numbers::pi / 2;

Surface draw_backdrop(RandomStream& random, Pattern pattern, int size) {
  const double hue = random.unit();
  const double saturation = random.between(0.05, 0.7);
  const Rgb first = from_hsv(hue, saturation, random.between(0.25, 0.95));
  const double other_hue = hue + random.between(0.9, 1.1);
  const Rgb second = from_hsv(std::fmod(other_hue, 1.0), saturation, random.between(0.2, 0.95));
  const double contrast = random.between(0.35, 0.95);
  const double cell = size * random.between_log(0.06, 0.2);
  const double angle = (random.chance(0.2) ? quarter : 0) + random.between(-0.12, 0.12);
  const double offset_u = 64 * random.unit();
  const double offset_v = 64 * random.unit();
  return {.first = first,
          .second = mixed(first, second, contrast),
          .pattern = pattern,
          .frame = pattern_frame(cell, angle, offset_u, offset_v),
          .opacity = 1,
          .relief = 0};
}

template <std::size_t Count>
Pattern one_of(RandomStream& random, const std::array<Pattern, Count>& patterns) {
  return patterns[static_cast<std::size_t>(random.below(static_cast<int>(Count)))];
}

Pattern draw_wall(RandomStream& random) {
  return one_of(random, std::array{Pattern::bricks, Pattern::wood, Pattern::tiles, Pattern::noise, Pattern::stripes,
                                   Pattern::cloth, Pattern::grass, Pattern::water, Pattern::speckle, Pattern::dots,
                                   Pattern::plain, Pattern::noise});
}

Pattern draw_sky(RandomStream& random) {
  return one_of(random, std::array{Pattern::plain, Pattern::noise, Pattern::noise, Pattern::bricks, Pattern::grass});
}

Pattern draw_ground(RandomStream& random) {
  return one_of(random, std::array{Pattern::grass, Pattern::water, Pattern::wood, Pattern::tiles, Pattern::speckle,
                                   Pattern::cloth});
}

/// Everything below a tilted, wavy line.
Shape below_horizon(RandomStream& random, int size) {
  const double height = size * random.between(0.3, 0.72);
  const double tilt = size * random.between(-0.06, 0.06);
  const double wave = size * (random.chance(0.5) ? random.between(0.01, 0.06) : 0);
  const double phase = random.between(0, 6);
  Contour line;
  constexpr int steps = 12;
  for (int i = 0; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps;
    line.push_back({size * (1.1 * t - 0.05), height + tilt * (t - 0.5) + wave * std::sin(phase + 5 * t)});
  }
  line.push_back({1.1 * size, 1.1 * size});
  line.push_back({-0.1 * size, 1.1 * size});
  return {line};
}

Contour draw_blob(RandomStream& random, int corners, double roughness) {
  Contour points;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * std::numbers::pi * i / corners;
    const double radius = random.between(1 - roughness, 1);
    points.push_back({radius * std::cos(angle), radius * std::sin(angle)});
  }
  return points;
}

/// Light that falls off across the picture, in soft spots.
void paint_light(Canvas& canvas, const NoiseTile& noise, RandomStream& random, Light light) {
  const auto slope = static_cast<float>(random.between(0, 0.5));
  const auto spots = static_cast<float>(random.between(0, 0.5));
  const auto offset = static_cast<float>(64 * random.unit());
  const float unit = 1.f / static_cast<float>(canvas.size);
  std::vector<float> row(static_cast<std::size_t>(canvas.size));
  for (int y = 0; y < canvas.size; ++y) {
    const float v = static_cast<float>(y) * unit;
    for (int x = 0; x < canvas.size; ++x) {
      const float u = static_cast<float>(x) * unit;
      const float along = (u - 0.5f) * light.x + (v - 0.5f) * light.y;
      row[static_cast<std::size_t>(x)] = 1 - slope * along + spots * (noise.at(2.3f * u + offset, 2.3f * v) - 0.5f);
    }
    for (std::size_t c = 0; c < 3; ++c) {
      float* out = canvas.row(c, y);
      for (int x = 0; x < canvas.size; ++x) out[x] *= row[static_cast<std::size_t>(x)];
    }
  }
}

void paint_patch(Canvas& canvas, const NoiseTile& noise, RandomStream& random, Light light) {
  const Pose pose{.centre = {canvas.size * random.unit(), canvas.size * random.unit()},
                  .scale = canvas.size * random.between(0.15, 0.4),
                  .angle = 0,
                  .mirrored = false};
  Sketch sketch(random);
  sketch.part("patch", Tone::main).smooth(draw_blob(random, 7, 0.5));
  Surface surface = draw_backdrop(random, draw_wall(random), canvas.size);
  surface.opacity = static_cast<float>(random.between(0.35, 0.9));
  paint(canvas, rasterise(sketch.parts()[0].shapes, pose, canvas.size), surface, noise, light);
}

/// A part of some class that is small beside the whole: a handle, a wheel, a roof's chimney.
std::vector<Shape> draw_loose_part(RandomStream& random) {
  const auto classes = object_classes();
  Sketch sketch(random);
  classes[static_cast<std::size_t>(random.below(static_cast<int>(classes.size())))].sketch(sketch);
  const std::vector<Part>& parts = sketch.parts();
  return parts[static_cast<std::size_t>(random.below(static_cast<int>(parts.size())))].shapes;
}

/// Moves shapes to the middle and scales them to a side of 2.
void centre(std::vector<Shape>& shapes) {
  const Extent extent = extent_of(shapes, Pose{});
  const Point middle{(extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2};
  const double scale = 2 / std::max({extent.width(), extent.height(), 1e-6});
  for (Shape& shape : shapes) {
    for (Contour& contour : shape) {
      for (Point& p : contour) p = {(p.x - middle.x) * scale, (p.y - middle.y) * scale};
    }
  }
}

void draw_simple_shape(Sketch& s, int kind) {
  const double flat = s.random().between(0.4, 1);
  switch (kind) {
    case 0: s.ellipse({0, 0}, 1, flat); return;
    case 1: s.polygon(draw_blob(s.random(), 3 + s.random().below(4), 0.4)); return;
    case 2: s.stroke({{-1, 0}, {1, 0}}, s.about(0.26, 0.5)); return;
    case 3: s.ring({0, 0}, 1, 1, s.about(0.3, 0.4)); return;
    case 4: s.segment({0, 0.4}, 1, 1, 180, 360); return;
    case 5: s.stroke({{-0.9, 0}, {0.9, 0}}, 0.34).stroke({{0, -0.9}, {0, 0.9}}, 0.34); return;
    case 6: s.stroke({{-1, -0.4}, {-0.3, 0.5}, {0.3, -0.5}, {1, 0.4}}, s.about(0.2)); return;
    case 7: s.stroke({{-0.8, -0.9}, {-0.8, 0.8}, {0.8, 0.8}}, s.about(0.3)); return;
    case 8: s.box(-1, -flat, 1, flat); return;
    default: s.smooth(draw_blob(s.random(), 6, 0.6)); return;
  }
}

}  // namespace

void paint_background(Canvas& canvas, const NoiseTile& noise, RandomStream random, Light light) {
  const bool horizon = random.chance(0.5);
  const Pattern behind = horizon ? draw_sky(random) : draw_wall(random);
  paint(canvas, covered_picture(canvas.size), draw_backdrop(random, behind, canvas.size), noise, light);
  if (horizon) {
    const Shape ground = below_horizon(random, canvas.size);
    const Surface surface = draw_backdrop(random, draw_ground(random), canvas.size);
    paint(canvas, rasterise({&ground, 1}, Pose{}, canvas.size), surface, noise, light);
  }
  const int patches = random.below(4);
  for (int i = 0; i < patches; ++i) paint_patch(canvas, noise, random, light);
  paint_light(canvas, noise, random, light);
}

std::vector<Shape> draw_loose_shape(RandomStream& random) {
  constexpr int kinds = 10;
  std::vector<Shape> shapes;
  if (random.chance(0.35)) {
    shapes = draw_loose_part(random);
  } else {
    Sketch sketch(random);
    sketch.part("shape", Tone::main);
    draw_simple_shape(sketch, random.below(kinds));
    shapes = sketch.parts()[0].shapes;
  }
  centre(shapes);
  return shapes;
}

void paint_distractors(Canvas& canvas, const NoiseTile& noise, RandomStream random, Light light) {
  const int count = 2 + random.below(5);
  for (int i = 0; i < count; ++i) {
    const std::vector<Shape> shapes = draw_loose_shape(random);
    const Pose pose{.centre = {canvas.size * random.unit(), canvas.size * random.unit()},
                    .scale = canvas.size * random.between_log(0.04, 0.14),
                    .angle = random.between(0, 2 * std::numbers::pi),
                    .mirrored = false};
    const double hue = random.unit();
    const double saturation = random.between(0.05, 0.95);
    const Rgb colour = from_hsv(hue, saturation, random.between(0.15, 1));
    const Pattern pattern = draw_pattern(random);
    Surface surface = draw_surface(random, colour, pattern, 1.5 * pose.scale, random.between(0, 3));
    const Coverage coverage = rasterise(shapes, pose, canvas.size);
    const int reach = std::max(1, canvas.size / 48);
    cast_shadow(canvas, coverage, static_cast<int>(std::lround(1.5f * light.x * static_cast<float>(reach))),
                static_cast<int>(std::lround(1.5f * light.y * static_cast<float>(reach))), reach, 0.3f);
    paint(canvas, coverage, surface, noise, light);
  }
}

}  // namespace fovea::world

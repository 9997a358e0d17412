// Patterns as functions of the fractions of (u, v) within their cell; edges are softened so that they do not alias.
// Value noise: random numbers on a lattice, blended by 3t^2 - 2t^3 (Perlin 1985, An Image Synthesizer).
// SPDX-License-Identifier: Apache-2.0
#include "data/world/pattern.h"

#include <algorithm>
#include <cmath>

#include "data/world/random_stream.h"

namespace fovea::world {
namespace {

/// std::floor is a call on a machine without SSE4.1; this is three instructions.
int whole(float x) {
  const int truncated = static_cast<int>(x);
  return truncated - (x < static_cast<float>(truncated) ? 1 : 0);
}

float fraction(float x) { return x - static_cast<float>(whole(x)); }

float ease(float t) { return t * t * (3 - 2 * t); }

/// Rises from 0 to 1 about an edge, over 2 x `soft`.
float step(float x, float edge, float soft) { return std::clamp((x - edge) / (2 * soft) + 0.5f, 0.f, 1.f); }

/// Distance to the next whole number, 0 .. 0.5.
float to_whole(float x) { return std::abs(fraction(x) - 0.5f) * -1 + 0.5f; }

/// A number in [0, 1) for a cell, without a pattern that the eye finds.
float cell_value(int i, int j) {
  auto h = static_cast<std::uint32_t>(i) * 0x9E3779B1u ^ static_cast<std::uint32_t>(j) * 0x85EBCA77u;
  h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
  return static_cast<float>((h >> 12) & 0xff) / 256.f;
}

float stripes(float u) { return step(to_whole(u), 0.25f, 0.06f); }

float dots(float u, float v) {
  const float row = static_cast<float>(whole(v) & 1) * 0.5f;
  const float du = fraction(u + row) - 0.5f;
  const float dv = fraction(v) - 0.5f;
  return 1 - step(du * du + dv * dv, 0.09f, 0.03f);
}

float checks(float u, float v) {
  const float a = step(to_whole(0.5f * u), 0.25f, 0.05f);
  const float b = step(to_whole(0.5f * v), 0.25f, 0.05f);
  return a + b - 2 * a * b;
}

float cloth(float u, float v) {
  const bool over = ((whole(u) + whole(v)) & 1) != 0;
  return 4 * (over ? to_whole(2 * u) * to_whole(v) : to_whole(u) * to_whole(2 * v)) + (over ? 0.f : 0.25f);
}

float scales(float u, float v) {
  const float row = static_cast<float>(whole(v) & 1) * 0.5f;
  const float du = fraction(u + row) - 0.5f;
  const float dv = fraction(v);
  const float r = du * du + dv * dv * 0.36f;
  return r < 0.25f ? 0.9f * ease(4 * r) : 0.15f;
}

float bricks(float u, float v) {
  const int row = whole(v);
  const float shifted = 0.5f * u + static_cast<float>(row & 1) * 0.5f;
  const float brick = 0.35f + 0.45f * cell_value(whole(shifted), row);
  const float joint = std::min(step(to_whole(shifted), 0.03f, 0.03f), step(to_whole(v), 0.07f, 0.05f));
  return brick * joint;
}

float tiles(float u, float v) {
  const float tile = 0.4f + 0.4f * cell_value(whole(u), whole(v));
  return tile * std::min(step(to_whole(u), 0.04f, 0.04f), step(to_whole(v), 0.04f, 0.04f));
}

float wood(const NoiseTile& noise, float u, float v) {
  const float wave = u + 2.2f * noise.at(0.4f * u + 3, 0.13f * v + 9);
  return 0.75f * to_whole(wave) * 2 * 0.7f + 0.4f * noise.at(5 * u, 0.5f * v);
}

float grass(const NoiseTile& noise, float u, float v) {
  return step(noise.at(2.6f * u + 0.7f * noise.at(0.5f * u, v), 0.45f * v), 0.5f, 0.3f);
}

float water(const NoiseTile& noise, float u, float v) {
  return step(to_whole(v + 0.9f * noise.at(0.35f * u, 0.8f * v)), 0.27f + 0.15f * noise.at(0.6f * u + 31, v), 0.13f);
}

template <typename Value>
void fill_row(const PatternFrame& frame, int x, int y, std::span<float> values, Value value) {
  const auto fy = static_cast<float>(y);
  const float u = frame.ux * static_cast<float>(x) + frame.uy * fy + frame.u0;
  const float v = frame.vx * static_cast<float>(x) + frame.vy * fy + frame.v0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto along = static_cast<float>(i);
    values[i] = value(u + frame.ux * along, v + frame.vx * along);
  }
}

}  // namespace

NoiseTile::NoiseTile(std::uint64_t seed, std::int64_t index) {
  const Tensor numbers = uniform_numbers(static_cast<std::int64_t>(lattice_.size()), seed, index, Concern::noise_tile);
  std::copy_n(numbers.data_ptr<float>(), lattice_.size(), lattice_.begin());
}

float NoiseTile::at(float u, float v) const {
  const int iu = whole(u);
  const int iv = whole(v);
  const float tu = ease(u - static_cast<float>(iu));
  const float tv = ease(v - static_cast<float>(iv));
  const float* above = lattice_.data() + side * (static_cast<std::size_t>(iv) & (side - 1));
  const float* below = lattice_.data() + side * (static_cast<std::size_t>(iv + 1) & (side - 1));
  const std::size_t left = static_cast<std::size_t>(iu) & (side - 1);
  const std::size_t right = static_cast<std::size_t>(iu + 1) & (side - 1);
  const float top = above[left] + tu * (above[right] - above[left]);
  const float bottom = below[left] + tu * (below[right] - below[left]);
  return top + tv * (bottom - top);
}

PatternFrame pattern_frame(double cell, double angle, double offset_u, double offset_v) {
  const auto c = static_cast<float>(std::cos(angle) / cell);
  const auto s = static_cast<float>(std::sin(angle) / cell);
  return {c, s, static_cast<float>(offset_u), -s, c, static_cast<float>(offset_v)};
}

void pattern_row(Pattern pattern, const PatternFrame& frame, const NoiseTile& noise, int x, int y,
                 std::span<float> values) {
  const auto fill = [&](auto value) { fill_row(frame, x, y, values, value); };
  switch (pattern) {
    case Pattern::any:
    case Pattern::plain: return fill([&](float u, float v) { return 0.3f * noise.at(0.5f * u, 0.5f * v); });
    case Pattern::stripes: return fill([](float u, float) { return stripes(u); });
    case Pattern::dots: return fill([](float u, float v) { return dots(u, v); });
    case Pattern::checks: return fill([](float u, float v) { return checks(u, v); });
    case Pattern::cloth: return fill([](float u, float v) { return cloth(u, v); });
    case Pattern::scales: return fill([](float u, float v) { return scales(u, v); });
    case Pattern::bricks: return fill([](float u, float v) { return bricks(u, v); });
    case Pattern::tiles: return fill([](float u, float v) { return tiles(u, v); });
    case Pattern::wood: return fill([&](float u, float v) { return wood(noise, u, v); });
    case Pattern::noise: return fill([&](float u, float v) { return noise.cloud(0.6f * u, 0.6f * v); });
    case Pattern::speckle:
      return fill([&](float u, float v) { return step(noise.at(1.7f * u, 1.7f * v), 0.55f, 0.06f); });
    case Pattern::grass: return fill([&](float u, float v) { return grass(noise, u, v); });
    case Pattern::water: return fill([&](float u, float v) { return water(noise, u, v); });
  }
}

}  // namespace fovea::world

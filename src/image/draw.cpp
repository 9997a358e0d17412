// Drawing a technique's map: heat (from zero, or from the lowest value where zero means
// nothing) or diverging colours over what the network saw, or a picture about mid-grey.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <fovea/clip.h>
#include <fovea/error.h>
#include <fovea/technique.h>

#include "image/levels.h"

namespace fovea {
namespace {

/// Reduces [C,h,w] to [h,w] for a map that has no colours: the sum keeps the sign.
Tensor flatten_channels(const Tensor& values) { return values.dim() == 3 ? values.sum(0) : values; }

Tensor clamp_unit(const Tensor& map) { return map.clamp(0, 1); }

/// Tells whether a map is as fine as a picture: its few strongest pixels would leave all else dark.
bool is_fine(const Tensor& map) {
  constexpr std::int64_t fine = 64 * 64;
  return map.numel() >= fine;
}

/// Cuts those off.
Tensor without_spikes(const Tensor& map) {
  constexpr double kept = 0.995;
  if (!is_fine(map)) return map;
  const auto rank = static_cast<std::int64_t>(kept * static_cast<double>(map.numel()));
  const Tensor bound = std::get<0>(map.flatten().kthvalue(rank));
  return bound.item<float>() > 0 ? map.clamp_max(bound) : map;
}

/// What a map's colours stand for, from 0 on where it is heat: a level is counted from its own lowest value. Levels
/// that differ by no more than rounding are all 0.
Tensor drawn_values(const Tensor& values, Drawing drawing) {
  const Tensor flat = flatten_channels(values);
  if (drawing != Drawing::level) return flat;
  constexpr double rounding = 1e-6;  // of a float's magnitude
  const Tensor doubles = flat.to(at::kDouble);
  const double low = doubles.min().item<double>();
  const double high = doubles.max().item<double>();
  const bool even = high - low <= rounding * std::max(std::abs(low), std::abs(high));
  return (even ? doubles * 0 : doubles - low).to(flat.scalar_type());
}

bool is_heat(Drawing drawing) { return drawing == Drawing::heat || drawing == Drawing::level; }

/// One colour per class, told apart by hue and lightness (Okabe and Ito's colours, and darker ones of them).
constexpr std::array<Colour, 12> class_colours{{{230, 159, 0},
                                                {86, 180, 233},
                                                {0, 158, 115},
                                                {240, 228, 66},
                                                {0, 114, 178},
                                                {213, 94, 0},
                                                {204, 121, 167},
                                                {120, 120, 120},
                                                {115, 80, 0},
                                                {20, 80, 60},
                                                {110, 30, 60},
                                                {60, 60, 120}}};

/// How many cells lie between each cell and the nearest one of another class or the border, plus one.
std::vector<int> depths_of(const std::vector<std::int64_t>& numbers, int width, int height) {
  std::vector<int> depth(numbers.size(), 1);
  const auto index = [&](int x, int y) { return static_cast<std::size_t>(y) * width + x; };
  const auto deepen = [&](int x, int y, int step, int far) {
    int least = far;
    for (const auto& [dx, dy] : {std::pair{-1, 0}, std::pair{-1, -1}, std::pair{0, -1}, std::pair{1, -1}}) {
      const int nx = x + step * dx;
      const int ny = y + step * dy;
      const bool inside = nx >= 0 && ny >= 0 && nx < width && ny < height;
      const bool same = inside && numbers[index(nx, ny)] == numbers[index(x, y)];
      least = std::min(least, same ? depth[index(nx, ny)] + 1 : 1);
    }
    depth[index(x, y)] = least;
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) deepen(x, y, 1, width + height);
  }
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x) deepen(x, y, -1, depth[index(x, y)]);
  }
  return depth;
}

/// Draws class numbers [ny,nx] in one colour per class, each class's number written where it lies deepest inside.
Figure draw_classes(const Tensor& classes, int width, int height) {
  const Tensor numbers = classes.to(at::kLong).contiguous();
  std::map<std::int64_t, std::size_t> order;
  for (std::int64_t i = 0; i < numbers.numel(); ++i) {
    order.emplace(numbers.data_ptr<std::int64_t>()[i], order.size());
  }
  Image small = make_image(static_cast<int>(numbers.size(1)), static_cast<int>(numbers.size(0)));
  const std::vector<std::int64_t> cells(numbers.data_ptr<std::int64_t>(),
                                        numbers.data_ptr<std::int64_t>() + numbers.numel());
  const std::vector<int> depths = depths_of(cells, small.width, small.height);
  struct Deepest {
    int x = 0;
    int y = 0;
    int depth = 0;
  };
  std::map<std::int64_t, Deepest> deepest;
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * small.width + x;
      const std::int64_t number = cells[i];
      const Colour& colour = class_colours[order[number] % class_colours.size()];
      std::copy(colour.begin(), colour.end(), small.at(x, y));
      Deepest& found = deepest[number];
      if (depths[i] > found.depth) found = {x, y, depths[i]};
    }
  }
  Figure large = resize(small, width, height, Interpolation::nearest);
  const int line = std::max(12, height / 14);
  for (const auto& [number, place] : deepest) {
    const std::string text = std::to_string(number);
    const int x = static_cast<int>((place.x + 0.5) * width / small.width) - text_width(text, line) / 2;
    const int y = static_cast<int>((place.y + 0.5) * height / small.height) - line / 2;
    draw_text(large, std::max(0, x), std::max(0, y), text, line, {0, 0, 0});
  }
  return large;
}

constexpr double all = 100;  // percentiles of the magnitude that have the strongest colour
constexpr double most_pixels = 99;
constexpr double most_values = 99.5;  // of a signed picture

double percentile_for(const Map& map) {
  if (map.drawing == Drawing::signed_rgb) return most_values;
  return is_fine(flatten_channels(map.values)) ? most_pixels : all;
}

void require_positions(const Map& map) {
  if (map.values.dim() >= 2) return;
  throw Error(ErrorKind::usage, "a map read at '" + map.at + "' has no positions, so it cannot be drawn",
              "write it as .npy");
}

Tensor in_true_colours(const Map& map) { return map.channels == "BGR" ? map.values.flip(0) : map.values; }

/// Draws on the map's own scale.
Image draw_alone(const Map& map, const Image& seen) {
  require_positions(map);
  if (map.drawing == Drawing::signed_rgb) return signed_picture(in_true_colours(map), most_values);
  const Tensor flat = drawn_values(map.values, map.drawing);
  // Scaled where it was read: upsampling first would hide the true maximum.
  if (is_heat(map.drawing)) {
    return overlay(seen, clamp_unit(resize_map(scale_unsigned(without_spikes(flat)), seen.width, seen.height)),
                   "inferno");
  }
  const Tensor scaled = scale_signed(flat, percentile_for(map));
  return overlay(seen, clamp_unit(resize_map(scaled, seen.width, seen.height)), "diverging");
}

}  // namespace

double strength_of(const Map& map) {
  require_positions(map);
  if (is_heat(map.drawing)) {
    return std::max(0.0, without_spikes(drawn_values(map.values, map.drawing)).max().item<double>());
  }
  const Tensor values = map.drawing == Drawing::signed_rgb ? map.values : flatten_channels(map.values);
  const Tensor magnitudes = values.abs().to(at::kDouble).flatten();
  const auto rank = static_cast<std::int64_t>(percentile_for(map) / 100 * static_cast<double>(magnitudes.numel()));
  return std::get<0>(magnitudes.kthvalue(std::clamp<std::int64_t>(rank, 1, magnitudes.numel()))).item<double>();
}

Image draw(const Map& map, const Image& seen, double strength) {
  if (!(strength > 0)) return rasterise(draw(map, seen));
  require_positions(map);
  const auto scaled = [&](const Tensor& values) { return values.to(at::kDouble).div(strength).to(at::kFloat); };
  if (map.drawing == Drawing::signed_rgb)
    return picture_of_levels((scaled(in_true_colours(map)) / 2 + 0.5).clamp(0, 1));
  const bool heat = is_heat(map.drawing);
  const Tensor flat = scaled(drawn_values(map.values, map.drawing));
  const Tensor levels = clamp_unit(heat ? flat : flat / 2 + 0.5);
  return overlay(seen, clamp_unit(resize_map(levels, seen.width, seen.height)), heat ? "inferno" : "diverging");
}

std::string range_text(const Tensor& values, Drawing drawing) {
  if (drawing != Drawing::level || values.numel() == 0) return "";
  const auto text = [](double value) {
    std::array<char, 32> digits{};
    const bool plain = std::abs(value) >= 1e4 && std::abs(value) < 1e7;  // rather than 3.13e+04
    std::snprintf(digits.data(), digits.size(), plain ? "%.0f" : "%.4g", value);
    return std::string(digits.data());
  };
  const Tensor flat = flatten_channels(values);
  return text(flat.min().item<double>()) + " to " + text(flat.max().item<double>());
}

Figure draw(const Map& map, const Image& seen) {
  constexpr int columns = 3;
  constexpr int least_side = 224;  // of a panel, px: smaller ones cannot be read
  const Image drawn = draw_alone(map, seen);
  if (map.panels.empty()) return drawn;
  std::vector<Tile> tiles{{seen, "the network's picture"}, {drawn, "the map"}};
  for (const Panel& panel : map.panels) {
    if (panel.classes) {
      tiles.push_back({draw_classes(panel.values, std::max(seen.width, least_side), std::max(seen.height, least_side)),
                       panel.name});
      continue;
    }
    const Map alone{.values = panel.values, .drawing = panel.drawing, .at = map.at, .channels = map.channels};
    const std::string range = range_text(panel.values, panel.drawing);
    tiles.push_back({draw_alone(alone, seen), panel.name + (range.empty() ? "" : ", " + range)});
  }
  return sheet(tiles, columns, "", std::max({seen.width, seen.height, least_side}));
}

}  // namespace fovea

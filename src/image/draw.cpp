// Drawing a technique's map: heat or diverging colours over what the network saw, or a picture about mid-grey.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
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

/// Draws class numbers [ny,nx] in one colour per class, each region's number written on its middle.
Figure draw_classes(const Tensor& classes, int width, int height) {
  const Tensor numbers = classes.to(at::kLong).contiguous();
  std::map<std::int64_t, std::size_t> order;
  for (std::int64_t i = 0; i < numbers.numel(); ++i) {
    order.emplace(numbers.data_ptr<std::int64_t>()[i], order.size());
  }
  Image small = make_image(static_cast<int>(numbers.size(1)), static_cast<int>(numbers.size(0)));
  std::map<std::int64_t, std::array<double, 3>> middles;  // sums of x, y and their count
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      const std::int64_t number = numbers[y][x].item<std::int64_t>();
      const Colour& colour = class_colours[order[number] % class_colours.size()];
      std::copy(colour.begin(), colour.end(), small.at(x, y));
      auto& middle = middles[number];
      middle = {middle[0] + x + 0.5, middle[1] + y + 0.5, middle[2] + 1};
    }
  }
  Figure large = resize(small, width, height, Interpolation::nearest);
  const int line = std::max(12, height / 14);
  for (const auto& [number, middle] : middles) {
    const std::string text = std::to_string(number);
    const int x = static_cast<int>(middle[0] / middle[2] * width / small.width) - text_width(text, line) / 2;
    const int y = static_cast<int>(middle[1] / middle[2] * height / small.height) - line / 2;
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
  const Tensor flat = flatten_channels(map.values);
  // Scaled where it was read: upsampling first would hide the true maximum.
  if (map.drawing == Drawing::heat) {
    return overlay(seen, clamp_unit(resize_map(scale_unsigned(without_spikes(flat)), seen.width, seen.height)),
                   "inferno");
  }
  const Tensor scaled = scale_signed(flat, percentile_for(map));
  return overlay(seen, clamp_unit(resize_map(scaled, seen.width, seen.height)), "diverging");
}

}  // namespace

double strength_of(const Map& map) {
  require_positions(map);
  if (map.drawing == Drawing::heat) {
    return std::max(0.0, without_spikes(flatten_channels(map.values)).max().item<double>());
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
  const bool heat = map.drawing == Drawing::heat;
  const Tensor flat = scaled(flatten_channels(map.values));
  const Tensor levels = clamp_unit(heat ? flat : flat / 2 + 0.5);
  return overlay(seen, clamp_unit(resize_map(levels, seen.width, seen.height)), heat ? "inferno" : "diverging");
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
    tiles.push_back({draw_alone(alone, seen), panel.name});
  }
  return sheet(tiles, columns, "", std::max({seen.width, seen.height, least_side}));
}

}  // namespace fovea

// Median cut after Heckbert, "Color image quantization for frame buffer display" (SIGGRAPH 1982), with Wu's criterion
// ("Color quantization by dynamic programming and principal analysis", 1992): the box with the greatest sum of squared
// distances from its mean is cut, across the channel that adds most to it, at that channel's mean.
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace fovea {
namespace {

constexpr std::size_t most_colours = 256;

/// One colour, and how many pixels have it.
struct Counted {
  Colour colour;
  std::uint32_t pixels;
};

/// A run of the list of colours.
struct ColourBox {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::array<double, 3> mean{};
  std::array<double, 3> spread{};  ///< sum of squared distances from the mean, by channel

  double whole_spread() const { return spread[0] + spread[1] + spread[2]; }
};

ColourBox measured(const std::vector<Counted>& colours, std::size_t begin, std::size_t end) {
  ColourBox box{.begin = begin, .end = end};
  double pixels = 0;
  std::array<double, 3> squares{};
  for (std::size_t i = begin; i < end; ++i) {
    pixels += colours[i].pixels;
    for (std::size_t c = 0; c < 3; ++c) {
      const double level = colours[i].colour[c];
      box.mean[c] += level * colours[i].pixels;
      squares[c] += level * level * colours[i].pixels;
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    box.mean[c] /= pixels;
    box.spread[c] = std::max(0.0, squares[c] - box.mean[c] * box.mean[c] * pixels);
  }
  return box;
}

std::vector<ColourBox> cut_boxes(std::vector<Counted>& colours) {
  std::vector<ColourBox> boxes{measured(colours, 0, colours.size())};
  while (boxes.size() < most_colours) {
    const auto widest = std::max_element(boxes.begin(), boxes.end(), [](const ColourBox& a, const ColourBox& b) {
      return a.whole_spread() < b.whole_spread();
    });
    const auto channel = static_cast<std::size_t>(std::max_element(widest->spread.begin(), widest->spread.end()) -
                                                  widest->spread.begin());
    if (widest->spread[channel] < 0.5) break;  // one colour in each
    const auto first = colours.begin();
    const auto cut = std::partition(first + static_cast<std::ptrdiff_t>(widest->begin),
                                    first + static_cast<std::ptrdiff_t>(widest->end),
                                    [&](const Counted& one) { return one.colour[channel] <= widest->mean[channel]; });
    const auto middle = static_cast<std::size_t>(cut - first);
    const ColourBox upper = measured(colours, middle, widest->end);
    *widest = measured(colours, widest->begin, middle);
    boxes.push_back(upper);
  }
  return boxes;
}

std::uint32_t key_of(const std::uint8_t* pixel) {
  return static_cast<std::uint32_t>(pixel[0]) << 16 | static_cast<std::uint32_t>(pixel[1]) << 8 | pixel[2];
}

}  // namespace

Indexed in_few_colours(const Image& image) {
  std::unordered_map<std::uint32_t, std::uint32_t> counts;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) ++counts[key_of(&image.rgb[i])];
  std::vector<Counted> colours;
  colours.reserve(counts.size());
  for (const auto& [key, pixels] : counts) {
    colours.push_back({{static_cast<std::uint8_t>(key >> 16), static_cast<std::uint8_t>(key >> 8 & 255),
                        static_cast<std::uint8_t>(key & 255)},
                       pixels});
  }
  // The same bytes from every standard library.
  std::sort(colours.begin(), colours.end(), [](const Counted& a, const Counted& b) { return a.colour < b.colour; });
  Indexed indexed;
  const std::vector<ColourBox> boxes = cut_boxes(colours);
  for (const ColourBox& box : boxes) {
    Colour mean{};
    for (std::size_t c = 0; c < 3; ++c) mean[c] = static_cast<std::uint8_t>(std::lround(box.mean[c]));
    for (std::size_t i = box.begin; i < box.end; ++i) {
      counts[key_of(colours[i].colour.data())] = static_cast<std::uint32_t>(indexed.palette.size());
    }
    indexed.palette.push_back(mean);
  }
  indexed.indices.reserve(image.rgb.size() / 3);
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    indexed.indices.push_back(static_cast<std::uint8_t>(counts[key_of(&image.rgb[i])]));
  }
  return indexed;
}

}  // namespace fovea

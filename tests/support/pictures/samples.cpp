// SPDX-License-Identifier: Apache-2.0
#include "support/pictures/samples.h"

#include <algorithm>
#include <cmath>

namespace fovea::test::pictures {

std::uint8_t level(int x, int y, int channel) {
  const int levels[] = {x * 19 + 20, y * 36 + 3, x * y * 7, 255 - x * 15 - y * 10};
  return static_cast<std::uint8_t>(levels[channel] & 255);
}

Sampler samples_of(int bits) {
  return [bits](int x, int y, int channel) -> std::uint32_t {
    const int wanted = level(x, y, channel);
    if (bits == 16) return static_cast<std::uint32_t>(std::clamp(257 * wanted + ((x + y) % 3 - 1) * 90, 0, 65535));
    return static_cast<std::uint32_t>(wanted >> (8 - bits));
  };
}

Data packed_row(const Sampler& sample, int y, int channels, int bits, bool big_endian) {
  Data row(static_cast<std::size_t>(width * channels * bits + 7) / 8);
  for (int i = 0; i < width * channels; ++i) {
    const std::uint32_t value = sample(i / channels, y, i % channels);
    if (bits == 16) {
      row[static_cast<std::size_t>(2 * i)] = static_cast<std::uint8_t>(big_endian ? value >> 8 : value & 255);
      row[static_cast<std::size_t>(2 * i + 1)] = static_cast<std::uint8_t>(big_endian ? value & 255 : value >> 8);
    } else {
      row[static_cast<std::size_t>(i * bits / 8)] |= static_cast<std::uint8_t>(value << (8 - bits - i * bits % 8));
    }
  }
  return row;
}

Image shown(const Sampler& sample, int channels, int bits) {
  Image image = make_image(width, height);
  const double full = (1u << bits) - 1;
  const bool alpha = channels % 2 == 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double colour = sample(x, y, channels <= 2 ? 0 : c);
        const double share = alpha ? sample(x, y, channels - 1) / full : 1;
        image.at(x, y)[c] = static_cast<std::uint8_t>(std::lround((colour * share + full * (1 - share)) * 255 / full));
      }
    }
  }
  return image;
}

Colour palette_colour(std::uint32_t index) {
  return {static_cast<std::uint8_t>(index * 37 + 11), static_cast<std::uint8_t>(255 - index),
          static_cast<std::uint8_t>(index * 5)};
}

Image shown_of_palette(const Sampler& index, int transparent) {
  Image image = make_image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::uint32_t i = index(x, y, 0);
      const Colour colour = static_cast<int>(i) == transparent ? Colour{255, 255, 255} : palette_colour(i);
      std::copy(colour.begin(), colour.end(), image.at(x, y));
    }
  }
  return image;
}

std::string text(int number) { return std::to_string(number); }

Sampler sampler_of(const Image& image) {
  return [&image](int x, int y, int c) -> std::uint32_t { return image.at(x, y)[c]; };
}

}  // namespace fovea::test::pictures

// What the small picture files of all formats show: 13x7 px as samples of 1 to 16 bits, their rows, and the pixels that
// must come of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fovea/image.h>

namespace fovea::test::pictures {

using Data = std::vector<std::uint8_t>;

inline constexpr int width = 13;
inline constexpr int height = 7;

/// A sample of `bits` at a place; the last of channels 2 and 4 is alpha.
using Sampler = std::function<std::uint32_t(int x, int y, int channel)>;

std::uint8_t level(int x, int y, int channel);

/// The picture in samples of 1 to 16 bits; those of 16 are a little off the levels of 8.
Sampler samples_of(int bits);

/// The samples of an image that outlives them.
Sampler sampler_of(const Image& image);

/// Packs a row, high bits first, 16 bits in the order asked for.
Data packed_row(const Sampler& sample, int y, int channels, int bits, bool big_endian);

/// What must be shown of samples: in exact arithmetic, rounded once.
Image shown(const Sampler& sample, int channels, int bits);

/// A palette whose n-th colour is none of its neighbours'.
Colour palette_colour(std::uint32_t index);

Image shown_of_palette(const Sampler& index, int transparent = -1);

std::string text(int number);

}  // namespace fovea::test::pictures

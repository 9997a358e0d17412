// PNG files (ISO 15948) by libpng.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/image.h>

#include "image/codecs/decoded.h"

namespace fovea {

/// Decodes a PNG file: grey or RGB, with alpha where it has some or a transparent colour, 8 or 16 bits. Throws
/// `Error(format)`, also where a checksum is wrong.
Decoded decode_png(const Encoded& file);

/// Encodes a picture without loss. Throws `Error`.
std::vector<std::uint8_t> encode_png(const Image& image);

}  // namespace fovea

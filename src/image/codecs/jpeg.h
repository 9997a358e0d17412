// JPEG files (ITU-T T.81) by libjpeg-turbo.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/image.h>

#include "image/codecs/decoded.h"

namespace fovea {

/// Decodes a JPEG file: grey, RGB or CMYK. Throws `Error(format)`, also where only a part of the pixels is there.
Decoded decode_jpeg(const Encoded& file);

/// Encodes a picture, colours at half the resolution (4:2:0); quality 1 to 100. Throws `Error`.
std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality);

}  // namespace fovea

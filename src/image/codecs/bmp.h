// BMP files (Windows and OS/2 bitmaps).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/codecs/decoded.h"

namespace fovea {

/// Decodes a BMP file of 1, 2, 4, 8, 16, 24 or 32 bits per pixel, plain, of bit fields or run-length coded. Throws
/// `Error(format)`.
Decoded decode_bmp(const Encoded& file);

}  // namespace fovea

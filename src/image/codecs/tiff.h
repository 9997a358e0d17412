// TIFF files (TIFF 6.0) by libtiff.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/codecs/decoded.h"

namespace fovea {

/// Decodes the first picture of a TIFF file: grey, RGB or CMYK, with alpha where it has some, 8 or 16 bits. Throws
/// `Error(format)`, `Error(unsupported)` for samples that are no whole numbers of up to 16 bits.
Decoded decode_tiff(const Encoded& file);

}  // namespace fovea

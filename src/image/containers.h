// What the containers of picture files hold besides pixels: whether all of it is there, and how the camera was held.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "image/bytes.h"
#include "image/dimensions.h"

namespace fovea {

/// The parts of a JPEG file that matter here.
struct JpegParts {
  std::optional<Dimensions> size;  ///< from the start of frame
  Bytes exif;                      ///< the Exif block's TIFF structure; empty when there is none
  std::vector<std::byte>
      profile;         ///< the ICC profile, joined of its parts; empty when there is none or parts are missing
  bool whole = false;  ///< the end of the image was reached
};

/// Walks a JPEG file's markers (ITU-T T.81, annex B) from its start to the end of the image.
JpegParts walk_jpeg(Bytes file);

/// The parts of a PNG file that matter here.
struct PngParts {
  std::vector<Bytes> essential;  ///< the file's signature and the chunks that make its pixels and say what colours mean
  std::size_t packed_size = 0;   ///< bytes of the pixels' compressed data
  Bytes exif;                    ///< content of the eXIf chunk
  bool whole = false;            ///< IHDR, pixels and IEND are there, and undamaged
};

/// Walks a PNG file's chunks (PNG specification, section 5), checking their CRCs.
PngParts walk_png(Bytes file);

/// The parts of a WebP file that matter here.
struct WebpParts {
  Bytes exif;
  Bytes profile;          ///< ICC profile
  bool animated = false;  ///< it is of the kind for moving pictures; how many it has is `frames`
  std::int64_t frames = 0;
  bool whole = false;
};

/// Walks a WebP file's RIFF chunks (WebP Container Specification).
WebpParts walk_webp(Bytes file);

/// Returns the orientation tag (1 to 8) of an Exif block; 1, upright, when it has none.
int exif_orientation(Bytes tiff);

/// Finds a whole number in a TIFF structure's first directory.
std::optional<std::uint32_t> tiff_number(Bytes tiff, std::uint32_t tag);

}  // namespace fovea

// Small picture files of every kind that is read, written by the formats' libraries (BMP by hand), with the pixels that
// must come of them. For tests of the decoders, and as seeds of the fuzzer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <fovea/image.h>

namespace fovea::test {

/// A file and what it shows.
struct PictureFile {
  std::string name;  ///< begins with the format's usual ending: "png grey 16 bits"
  std::vector<std::uint8_t> bytes;
  Image expected;  ///< without pixels where coding is lossy
};

/// Files of one format: "jpeg", "png", "webp", "tiff", "gif", "bmp".
std::vector<PictureFile> picture_files(const std::string& format);

/// Puts an ICC profile and Exif's orientation (1: none) into a file of any of these formats.
std::vector<std::uint8_t> file_with(const std::string& format, const Image& image,
                                    const std::vector<std::uint8_t>& profile, int orientation);

/// An Exif block (a TIFF structure) that holds an orientation and nothing else.
std::vector<std::uint8_t> exif_of(int orientation);

/// A moving GIF or WebP file of `frames` pictures with all ways to clear and to place them.
std::vector<std::uint8_t> moving_gif(int frames);
std::vector<std::uint8_t> moving_webp(int frames);

/// A picture of one row and one colour within a moving GIF.
struct GifStripe {
  int x = 0;
  int columns = 1;
  int index = 0;     ///< of a palette of four: black, red, green, blue
  int disposal = 1;  ///< 1: it stays, 2: it is cleared away, 3: what was there before comes back
  int transparent = -1;
  int delay = 7;  ///< hundredths of a second
};

/// A moving GIF of one row of `columns` pixels.
std::vector<std::uint8_t> striped_gif(int columns, const std::vector<GifStripe>& stripes);

/// A CMYK JPEG or TIFF of one ink (stored values), 8x8 px.
std::vector<std::uint8_t> cmyk_file(const std::string& format, const std::array<std::uint8_t, 4>& stored,
                                    const std::vector<std::uint8_t>& profile);

}  // namespace fovea::test

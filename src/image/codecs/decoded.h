// What decoders of picture files are given and hand over, and how that becomes a picture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/image.h>

#include "image/bytes.h"
#include "image/dimensions.h"

namespace fovea {

/// A picture file in memory whose header was read and whose size was checked.
struct Encoded {
  Bytes bytes;
  std::string name;  ///< what the file is called in messages
  PictureFormat format = PictureFormat::png;
  Dimensions size;  ///< as the header says
};

/// Tells a file's format from its first bytes and its size from its header; `name` is what it is called. Throws
/// `Error(file)` for no bytes, `Error(format)` for what is none of ours or broken, `Error(resource)` for too large a
/// size.
Encoded encoded_of(Bytes bytes, const std::string& name, int max_side);

/// What the channels of a pixel are, besides alpha.
enum class Inks { grey, rgb, cmyk };

/// Pixels as a file has them: rows from the top as they are stored, before colours and orientation are seen to.
struct Decoded {
  int width = 0;
  int height = 0;
  Inks inks = Inks::rgb;
  bool alpha = false;                 ///< a further, last channel
  bool multiplied = false;            ///< colours were multiplied by alpha
  bool inverted = false;              ///< CMYK as JPEG files have it: the largest value is no ink
  int bits = 8;                       ///< of a sample; 8 or 16
  std::vector<std::uint8_t> samples;  ///< height x width x channels; 16 bits in the machine's order
  std::vector<std::byte> profile;     ///< ICC profile; empty: none
  int orientation = 1;                ///< Exif's, 1 to 8; 1 is upright
};

/// Returns the number of channels without alpha.
int inks_of(const Decoded& decoded);
/// Returns the number of channels with alpha.
int channels_of(const Decoded& decoded);

/// Makes room for the samples of a picture of the file's size.
Decoded decoded_of(const Encoded& file, Inks inks, bool alpha, int bits = 8);

/// Makes the picture: colours by the profile to sRGB, CMYK to RGB, over white, 8 bits, upright.
Image to_image(Decoded decoded);

/// Throws `Error(format)` that says why a file does not decode.
[[noreturn]] void does_not_decode(const Encoded& file, std::string_view why);
/// Throws `Error(unsupported)` for samples of a kind that is not read.
[[noreturn]] void has_unread_samples(const Encoded& file);
/// Throws `Error(format)` unless a decoder found the size that the header told.
void require_size(const Encoded& file, std::int64_t width, std::int64_t height);

/// Throws `Error(format)` for a picture of more pixels than its bytes can speak of: 16 million, which a format may
/// leave blank, and so many for every byte.
void require_filled(const Encoded& file, std::int64_t most_pixels_per_byte);

inline constexpr std::string_view ends_early = "it ends early";

}  // namespace fovea

// From a file's samples to a picture: ICC profile, CMYK, transparency over white (c*a + 255*(1-a)), 16 bits to 8
// (rounded v/257), a camera's orientation (Exif 2.3).
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/decoded.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <fovea/error.h>

#include "image/icc.h"

namespace fovea {
namespace {

template <typename Sample>
std::uint8_t to_byte(std::uint64_t sample) {
  constexpr std::uint64_t step = std::numeric_limits<Sample>::max() / 255;
  return static_cast<std::uint8_t>((sample + step / 2) / step);
}

/// RGB of CMYK without a profile, red = (255 - cyan) * (255 - black) / 255, cut to whole numbers as the libraries of
/// the formats cut them: libtiff divides by 255, and of JPEG's inverted inks OpenCV made k - ((255 - c) * k >> 8).
std::uint8_t ink_to_light(bool inverted, std::uint32_t ink, std::uint32_t black) {
  return static_cast<std::uint8_t>(inverted ? black - ((255 - ink) * black >> 8) : (255 - black) * (255 - ink) / 255);
}

/// Lays one row over white, in 8 bits.
template <typename Sample>
void row_over_white(const Decoded& decoded, const std::uint8_t* row, std::uint8_t* to) {
  constexpr std::uint64_t full = std::numeric_limits<Sample>::max();
  constexpr std::uint64_t step = full / 255;
  const auto channels = static_cast<std::size_t>(channels_of(decoded));
  const bool grey = decoded.inks == Inks::grey;
  for (int x = 0; x < decoded.width; ++x, row += channels * sizeof(Sample), to += 3) {
    Sample pixel[5];
    std::memcpy(pixel, row, channels * sizeof(Sample));
    if (decoded.inks == Inks::cmyk) {
      const std::uint8_t black = to_byte<Sample>(pixel[3]);
      for (int c = 0; c < 3; ++c) to[c] = ink_to_light(decoded.inverted, to_byte<Sample>(pixel[c]), black);
      continue;
    }
    if (!decoded.alpha) {
      for (int c = 0; c < 3; ++c) to[c] = to_byte<Sample>(pixel[grey ? 0 : c]);
      continue;
    }
    const std::uint64_t alpha = pixel[channels - 1];
    const std::uint64_t share = decoded.multiplied ? full : alpha;
    for (int c = 0; c < 3; ++c) {
      const std::uint64_t mixed = std::min(pixel[grey ? 0 : c] * share + full * (full - alpha), full * full);
      to[c] = static_cast<std::uint8_t>((mixed + full * step / 2) / (full * step));
    }
  }
}

/// Turns a picture upright by Exif's orientation.
Image upright(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const bool swapped = orientation >= 5;  // rows and columns
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image result = swapped ? make_image(image.height, image.width) : make_image(image.width, image.height);
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x) {
      int from_x = swapped ? y : x;
      int from_y = swapped ? x : y;
      if (from_right) from_x = image.width - 1 - from_x;
      if (from_bottom) from_y = image.height - 1 - from_y;
      std::copy_n(image.at(from_x, from_y), 3, result.at(x, y));
    }
  }
  return result;
}

}  // namespace

Encoded encoded_of(Bytes bytes, const std::string& name, int max_side) {
  if (bytes.empty()) throw Error(ErrorKind::file, name + " is empty", "get the file again");
  const auto format = picture_format(bytes);
  if (!format) {
    throw Error(ErrorKind::format, name + " is not a picture in a format that is read",
                "give a PNG, JPEG, WebP, TIFF, BMP or GIF file");
  }
  Encoded file{.bytes = bytes, .name = name, .format = *format, .size = {}};
  const auto size = picture_dimensions(bytes, *format);
  if (!size) does_not_decode(file, "its header is broken or cut off");
  check_dimensions(*size, max_side, name);
  file.size = *size;
  return file;
}

int inks_of(const Decoded& decoded) { return decoded.inks == Inks::grey ? 1 : decoded.inks == Inks::rgb ? 3 : 4; }

int channels_of(const Decoded& decoded) { return inks_of(decoded) + (decoded.alpha ? 1 : 0); }

Decoded decoded_of(const Encoded& file, Inks inks, bool alpha, int bits) {
  Decoded decoded{.width = static_cast<int>(file.size.width),
                  .height = static_cast<int>(file.size.height),
                  .inks = inks,
                  .alpha = alpha,
                  .bits = bits};
  decoded.samples.resize(static_cast<std::size_t>(file.size.width * file.size.height) *
                         static_cast<std::size_t>(channels_of(decoded) * bits / 8));
  return decoded;
}

Image to_image(Decoded decoded) {
  to_srgb(decoded);
  Image image{.width = decoded.width, .height = decoded.height, .rgb = {}};
  if (decoded.inks == Inks::rgb && !decoded.alpha && decoded.bits == 8) {
    image.rgb = std::move(decoded.samples);
    return upright(std::move(image), decoded.orientation);
  }
  image = make_image(decoded.width, decoded.height);
  const std::size_t stride = decoded.samples.size() / static_cast<std::size_t>(decoded.height);
  for (int y = 0; y < decoded.height; ++y) {
    const std::uint8_t* row = decoded.samples.data() + static_cast<std::size_t>(y) * stride;
    if (decoded.bits == 8) {
      row_over_white<std::uint8_t>(decoded, row, image.at(0, y));
    } else {
      row_over_white<std::uint16_t>(decoded, row, image.at(0, y));
    }
  }
  return upright(std::move(image), decoded.orientation);
}

void does_not_decode(const Encoded& file, std::string_view why) {
  throw Error(ErrorKind::format,
              file.name + " does not decode as " + std::string(name(file.format)) + ": " + std::string(why),
              "the file is damaged; get it again, or write it anew as PNG or JPEG");
}

void has_unread_samples(const Encoded& file) {
  throw Error(ErrorKind::unsupported,
              file.name +
                  " has samples of a type that is not read: only whole numbers of up to 16 bits are, as grey, RGB, "
                  "CMYK or of a palette",
              "write it as an 8-bit PNG");
}

void require_filled(const Encoded& file, std::int64_t most_pixels_per_byte) {
  constexpr std::int64_t blank = std::int64_t{16} << 20;
  const std::int64_t most = blank + most_pixels_per_byte * static_cast<std::int64_t>(file.bytes.size());
  if (file.size.width * file.size.height > most) does_not_decode(file, "it claims far more pixels than it holds");
}

void require_size(const Encoded& file, std::int64_t width, std::int64_t height) {
  if (width == file.size.width && height == file.size.height) return;
  does_not_decode(file, "its header and its pixels differ in size");
}

}  // namespace fovea

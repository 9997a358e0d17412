// A picture file's format and size from its first bytes: PNG's IHDR, JPEG's start of frame, BMP's, GIF's and WebP's
// headers, TIFF's first directory.
// SPDX-License-Identifier: Apache-2.0
#include "image/dimensions.h"

#include <cstdlib>
#include <string>

#include <fovea/error.h>

#include "image/bytes.h"
#include "image/containers.h"

namespace fovea {
namespace {

using Side = std::optional<std::uint32_t>;

std::optional<Dimensions> both(Side width, Side height) {
  if (!width || !height) return std::nullopt;
  return Dimensions{*width, *height};
}

std::optional<Dimensions> bmp_dimensions(Bytes file) {
  constexpr std::uint32_t os2_header = 12;
  const auto header = number_at(file, 14, 4, Endian::little);
  if (!header) return std::nullopt;
  if (*header == os2_header) {
    return both(number_at(file, 18, 2, Endian::little), number_at(file, 20, 2, Endian::little));
  }
  auto size = both(number_at(file, 18, 4, Endian::little), number_at(file, 22, 4, Endian::little));
  // Signed: a negative height says that the rows begin at the top.
  if (size) {
    size->width = static_cast<std::int32_t>(size->width);
    size->height = std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(size->height)));
  }
  return size;
}

std::optional<Dimensions> webp_dimensions(Bytes file) {
  constexpr std::uint32_t side_bits = 0x3fff;
  if (holds(file, 12, "VP8X")) {
    const auto size = both(number_at(file, 24, 3, Endian::little), number_at(file, 27, 3, Endian::little));
    return size ? std::optional(Dimensions{size->width + 1, size->height + 1}) : std::nullopt;
  }
  if (holds(file, 12, "VP8L")) {
    const auto bits = number_at(file, 21, 4, Endian::little);
    return bits ? std::optional(Dimensions{(*bits & side_bits) + 1, (*bits >> 14 & side_bits) + 1}) : std::nullopt;
  }
  if (!holds(file, 12, "VP8 ") || !holds(file, 23, "\x9d\x01\x2a")) return std::nullopt;
  const auto size = both(number_at(file, 26, 2, Endian::little), number_at(file, 28, 2, Endian::little));
  return size ? std::optional(Dimensions{size->width & side_bits, size->height & side_bits}) : std::nullopt;
}

}  // namespace

std::string_view name(PictureFormat format) {
  switch (format) {
    case PictureFormat::png: return "PNG";
    case PictureFormat::jpeg: return "JPEG";
    case PictureFormat::bmp: return "BMP";
    case PictureFormat::gif: return "GIF";
    case PictureFormat::webp: return "WebP";
    case PictureFormat::tiff: return "TIFF";
  }
  return "picture";
}

std::optional<PictureFormat> picture_format(Bytes file) {
  if (holds(file, 0, "\x89PNG\r\n\x1a\n")) return PictureFormat::png;
  if (holds(file, 0, "\xff\xd8\xff")) return PictureFormat::jpeg;
  if (holds(file, 0, "BM")) return PictureFormat::bmp;
  if (holds(file, 0, "GIF87a") || holds(file, 0, "GIF89a")) return PictureFormat::gif;
  if (holds(file, 0, "RIFF") && holds(file, 8, "WEBP")) return PictureFormat::webp;
  if (holds(file, 0, std::string_view("II*\0", 4)) || holds(file, 0, std::string_view("MM\0*", 4))) {
    return PictureFormat::tiff;
  }
  return std::nullopt;
}

std::optional<Dimensions> picture_dimensions(Bytes file, PictureFormat format) {
  constexpr std::uint32_t tiff_width = 256;
  constexpr std::uint32_t tiff_height = 257;
  switch (format) {
    case PictureFormat::png:
      if (!holds(file, 12, "IHDR")) return std::nullopt;
      return both(number_at(file, 16, 4, Endian::big), number_at(file, 20, 4, Endian::big));
    case PictureFormat::jpeg: return walk_jpeg(file).size;
    case PictureFormat::bmp: return bmp_dimensions(file);
    case PictureFormat::gif: return both(number_at(file, 6, 2, Endian::little), number_at(file, 8, 2, Endian::little));
    case PictureFormat::webp: return webp_dimensions(file);
    case PictureFormat::tiff: return both(tiff_number(file, tiff_width), tiff_number(file, tiff_height));
  }
  return std::nullopt;
}

void check_dimensions(Dimensions size, int max_side, const std::filesystem::path& path) {
  const std::string shown = path.string() + " is " + std::to_string(size.width) + "x" + std::to_string(size.height);
  if (size.width <= 0 || size.height <= 0) throw Error(ErrorKind::format, shown + " px: it has no pixels");
  if (size.width > max_side || size.height > max_side) {
    throw Error(ErrorKind::resource, shown + " px; a side may have at most " + std::to_string(max_side),
                "make it smaller first");
  }
  if (size.width * size.height > most_pixels) {
    throw Error(ErrorKind::resource,
                shown + " px, over the limit of " + std::to_string(most_pixels / 1'000'000) + " megapixels",
                "make it smaller first");
  }
}

}  // namespace fovea

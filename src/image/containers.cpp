// What the containers of picture files hold besides pixels: JPEG markers (ITU-T T.81, annex B), PNG chunks (PNG
// specification, section 5), WebP's RIFF chunks, BMP headers, TIFF directories (TIFF 6.0, section 2), Exif's
// orientation (Exif 2.3).
// SPDX-License-Identifier: Apache-2.0
#include "image/containers.h"

#include <array>

namespace fovea {
namespace {

// --- JPEG ---

constexpr std::uint32_t marker_prefix = 0xff;
constexpr std::uint32_t end_of_image = 0xd9;
constexpr std::uint32_t app1 = 0xe1;

std::uint32_t byte_at(Bytes bytes, std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]); }

/// Markers without a length: TEM, restarts, start and end of the image.
bool stands_alone(std::uint32_t marker) { return marker == 0x01 || (marker >= 0xd0 && marker <= end_of_image); }

/// SOF0 to SOF15, less DHT, JPG and DAC, which share their range.
bool is_start_of_frame(std::uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// A marker and the place after it.
struct Marker {
  std::uint32_t code = 0;
  std::size_t after = 0;
};

/// Finds the next marker from a place on; stuffed zeros and restarts inside a scan's data are none.
std::optional<Marker> next_marker(Bytes file, std::size_t at) {
  for (; at + 1 < file.size(); ++at) {
    if (byte_at(file, at) != marker_prefix) continue;
    const std::uint32_t code = byte_at(file, at + 1);
    const bool restart = code >= 0xd0 && code <= 0xd7;
    if (code != 0 && code != marker_prefix && !restart) return Marker{code, at + 2};
  }
  return std::nullopt;
}

// --- PNG ---

constexpr std::size_t png_signature_size = 8;
constexpr std::size_t png_frame_size = 12;  // of a chunk beside its content: length, type, CRC

std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < table.size(); ++n) {
    std::uint32_t c = n;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xedb88320 ^ c >> 1 : c >> 1;
    table[n] = c;
  }
  return table;
}

/// CRC-32 of ISO 3309, as PNG's annex D computes it.
std::uint32_t crc_of(Bytes bytes) {
  static const std::array<std::uint32_t, 256> table = crc_table();
  std::uint32_t crc = 0xffffffff;
  for (const std::byte b : bytes) crc = table[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xff] ^ crc >> 8;
  return crc ^ 0xffffffff;
}

void append(std::vector<std::uint8_t>& to, Bytes bytes) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  to.insert(to.end(), begin, begin + bytes.size());
}

// --- TIFF ---

constexpr std::size_t tiff_entry_size = 12;
constexpr std::uint32_t tiff_short = 3;
constexpr std::uint32_t tiff_long = 4;

std::optional<Endian> tiff_endian(Bytes tiff) {
  if (holds(tiff, 0, std::string_view("II*\0", 4))) return Endian::little;
  if (holds(tiff, 0, std::string_view("MM\0*", 4))) return Endian::big;
  return std::nullopt;
}

/// Cuts out `size` bytes, or what there is of them.
Bytes cut(Bytes bytes, std::size_t at, std::size_t size) {
  if (at >= bytes.size()) return {};
  return bytes.subspan(at, std::min(size, bytes.size() - at));
}

}  // namespace

JpegParts walk_jpeg(Bytes file) {
  constexpr std::string_view exif_name("Exif\0\0", 6);
  JpegParts parts;
  std::size_t at = 0;
  while (const auto marker = next_marker(file, at)) {
    at = marker->after;
    if (marker->code == end_of_image) {
      parts.whole = true;
      break;
    }
    if (stands_alone(marker->code)) continue;
    const auto length = number_at(file, at, 2, Endian::big);
    if (!length || *length < 2 || *length > file.size() - at) break;
    if (is_start_of_frame(marker->code) && !parts.size) {
      const auto height = number_at(file, at + 3, 2, Endian::big);
      const auto width = number_at(file, at + 5, 2, Endian::big);
      if (height && width) parts.size = Dimensions{*width, *height};
    }
    if (marker->code == app1 && parts.exif.empty() && holds(file, at + 2, exif_name)) {
      parts.exif = file.subspan(at, *length).subspan(std::min<std::size_t>(*length, 2 + exif_name.size()));
    }
    at += *length;  // after a start of scan its data follow, in which only real markers count
  }
  return parts;
}

PngParts walk_png(Bytes file) {
  PngParts parts;
  bool pixels = false;
  if (!holds(file, png_signature_size + 4, "IHDR")) return parts;
  append(parts.essential, cut(file, 0, png_signature_size));
  for (std::size_t at = png_signature_size; at < file.size();) {
    const auto length = number_at(file, at, 4, Endian::big);
    if (!length || *length > file.size() - at || file.size() - at - *length < png_frame_size) return parts;
    const Bytes content = file.subspan(at + 8, *length);
    const auto is = [&](std::string_view type) { return holds(file, at + 4, type); };
    // What does not make pixels is left out: profiles and comments bring warnings only.
    if (is("IHDR") || is("PLTE") || is("tRNS") || is("IDAT") || is("IEND")) {
      if (crc_of(file.subspan(at + 4, *length + 4)) != number_at(file, at + 8 + *length, 4, Endian::big)) return parts;
      append(parts.essential, file.subspan(at, *length + png_frame_size));
    }
    if (is("IHDR")) {
      parts.bit_depth = static_cast<int>(number_at(content, 8, 1, Endian::big).value_or(0));
      parts.colour_type = static_cast<int>(number_at(content, 9, 1, Endian::big).value_or(0));
    }
    if (is("eXIf")) parts.exif = content;
    if (is("tRNS")) parts.transparency = content;
    pixels = pixels || is("IDAT");
    if (is("IEND")) {
      parts.whole = pixels;
      return parts;
    }
    at += *length + png_frame_size;
  }
  return parts;
}

WebpParts walk_webp(Bytes file) {
  constexpr std::size_t riff_header = 12;
  constexpr std::size_t chunk_header = 8;
  WebpParts parts;
  const auto riff = number_at(file, 4, 4, Endian::little);
  if (!riff || *riff > file.size() - chunk_header) return parts;
  parts.whole = true;
  for (std::size_t at = riff_header; at < file.size();) {
    const auto length = number_at(file, at + 4, 4, Endian::little);
    if (!length) break;
    if (holds(file, at, "ANIM")) parts.animated = true;
    if (holds(file, at, "EXIF")) {
      parts.exif = cut(file, at + chunk_header, *length);
      // Some writers keep JPEG's name before the block.
      if (holds(parts.exif, 0, std::string_view("Exif\0\0", 6))) parts.exif = parts.exif.subspan(6);
    }
    at += chunk_header + *length + (*length & 1);
  }
  return parts;
}

bool bmp_is_whole(Bytes file, Dimensions size) {
  constexpr std::uint32_t os2_header = 12;
  constexpr std::uint32_t bit_fields = 3;
  const auto pixels = number_at(file, 10, 4, Endian::little);
  const auto header = number_at(file, 14, 4, Endian::little);
  if (!pixels || !header) return false;
  const bool os2 = *header == os2_header;
  const auto bits = number_at(file, os2 ? 24 : 28, 2, Endian::little);
  const auto compression = os2 ? std::optional(0u) : number_at(file, 30, 4, Endian::little);
  if (!bits || !compression || *compression > bit_fields || *bits > 32) return false;
  const bool plain = *compression == 0 || *compression == bit_fields;
  const std::int64_t row = (size.width * *bits + 31) / 32 * 4;
  return !plain || *pixels + row * size.height <= static_cast<std::int64_t>(file.size());
}

std::optional<std::uint32_t> tiff_number(Bytes tiff, std::uint32_t tag) {
  const auto endian = tiff_endian(tiff);
  if (!endian) return std::nullopt;
  const auto directory = number_at(tiff, 4, 4, *endian);
  if (!directory) return std::nullopt;
  const auto entries = number_at(tiff, *directory, 2, *endian);
  for (std::uint32_t i = 0; i < entries.value_or(0); ++i) {
    const std::size_t at = std::size_t{*directory} + 2 + i * tiff_entry_size;
    const auto found = number_at(tiff, at, 2, *endian);
    if (!found) return std::nullopt;
    if (*found != tag) continue;
    const auto type = number_at(tiff, at + 2, 2, *endian);
    if (type == tiff_short) return number_at(tiff, at + 8, 2, *endian);
    if (type == tiff_long) return number_at(tiff, at + 8, 4, *endian);
    return std::nullopt;
  }
  return std::nullopt;
}

int exif_orientation(Bytes tiff) {
  constexpr std::uint32_t orientation_tag = 0x0112;
  const std::uint32_t orientation = tiff_number(tiff, orientation_tag).value_or(1);
  return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
}

}  // namespace fovea

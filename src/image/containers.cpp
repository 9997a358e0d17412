// What the containers of picture files hold besides pixels: JPEG markers (ITU-T T.81, annex B), PNG chunks (PNG
// specification, section 5), WebP's RIFF chunks, TIFF directories (TIFF 6.0, section 2), Exif's
// orientation (Exif 2.3).
// SPDX-License-Identifier: Apache-2.0
#include "image/containers.h"

#include <algorithm>

#include <zlib.h>

namespace fovea {
namespace {

// --- JPEG ---

constexpr std::uint32_t marker_prefix = 0xff;
constexpr std::uint32_t end_of_image = 0xd9;
constexpr std::uint32_t app1 = 0xe1;
constexpr std::uint32_t app2 = 0xe2;

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

/// CRC-32 of ISO 3309, as PNG's annex D has it.
std::uint32_t crc_of(Bytes bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
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

/// Parts of a JPEG file's ICC profile, which stand in segments of at most 64 KiB (ICC.1:2010, annex B.4).
struct ProfileParts {
  std::vector<Bytes> parts;  ///< by their number
  void add(Bytes segment);
  std::vector<std::byte> joined() const;
};

void ProfileParts::add(Bytes segment) {
  constexpr std::size_t head = 2;  // which part, of how many
  const auto number = number_at(segment, 0, 1, Endian::big).value_or(0);
  const auto count = number_at(segment, 1, 1, Endian::big).value_or(0);
  if (number < 1 || number > count || segment.size() <= head) return;
  parts.resize(std::max<std::size_t>(parts.size(), count));
  parts[number - 1] = segment.subspan(head);
}

std::vector<std::byte> ProfileParts::joined() const {
  std::vector<std::byte> profile;
  for (const Bytes part : parts) {
    if (part.empty()) return {};
    profile.insert(profile.end(), part.begin(), part.end());
  }
  return profile;
}

}  // namespace

JpegParts walk_jpeg(Bytes file) {
  constexpr std::string_view exif_name("Exif\0\0", 6);
  constexpr std::string_view profile_name("ICC_PROFILE\0", 12);
  JpegParts parts;
  ProfileParts profile;
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
    if (marker->code == app2 && holds(file, at + 2, profile_name)) {
      profile.add(file.subspan(at, *length).subspan(std::min<std::size_t>(*length, 2 + profile_name.size())));
    }
    at += *length;  // after a start of scan its data follow, in which only real markers count
  }
  parts.profile = profile.joined();
  return parts;
}

PngParts walk_png(Bytes file) {
  PngParts parts;
  bool pixels = false;
  if (!holds(file, png_signature_size + 4, "IHDR")) return parts;
  parts.essential.push_back(cut(file, 0, png_signature_size));
  for (std::size_t at = png_signature_size; at < file.size();) {
    const auto length = number_at(file, at, 4, Endian::big);
    if (!length || *length > file.size() - at || file.size() - at - *length < png_frame_size) return parts;
    const Bytes whole = file.subspan(at, *length + png_frame_size);
    const auto is = [&](std::string_view type) { return holds(file, at + 4, type); };
    const bool intact = crc_of(whole.subspan(4, *length + 4)) == number_at(file, at + 8 + *length, 4, Endian::big);
    // What does not make pixels is left out: comments, and what PNG itself says of colours beside a profile.
    if (is("IHDR") || is("PLTE") || is("tRNS") || is("IDAT") || is("IEND")) {
      if (!intact) return parts;
      parts.essential.push_back(whole);
    }
    if (is("iCCP") && intact) parts.essential.push_back(whole);
    if (is("eXIf")) parts.exif = file.subspan(at + 8, *length);
    if (is("IDAT")) parts.packed_size += *length;
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
  file = file.first(chunk_header + *riff);  // what stands behind does no harm
  for (std::size_t at = riff_header; at < file.size();) {
    const auto length = number_at(file, at + 4, 4, Endian::little);
    if (!length) break;
    if (holds(file, at, "ANIM")) parts.animated = true;
    if (holds(file, at, "ANMF")) ++parts.frames;
    if (holds(file, at, "ICCP")) parts.profile = cut(file, at + chunk_header, *length);
    if (holds(file, at, "EXIF")) {
      parts.exif = cut(file, at + chunk_header, *length);
      // Some writers keep JPEG's name before the block.
      if (holds(parts.exif, 0, std::string_view("Exif\0\0", 6))) parts.exif = parts.exif.subspan(6);
    }
    at += chunk_header + *length + (*length & 1);
  }
  return parts;
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

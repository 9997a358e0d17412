// PNG files by libpng. What PNG itself says of colours (gAMA, cHRM, sRGB) is passed over, as most programs do.
//
// libpng leaves its functions by longjmp when something is wrong. Every function here that calls it has one setjmp and
// no object with a destructor: those live in the callers, in `PngReader` and `PngWriter`.
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/png.h"

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>

#include <png.h>

#include <fovea/error.h>

#include "image/containers.h"

namespace fovea {
namespace {

constexpr int png_compression = 6;                        // zlib's own default
constexpr png_alloc_size_t most_chunk_bytes = 16u << 20;  // of a profile or palette, unpacked

/// Where libpng's errors end.
struct PngErrors {
  std::jmp_buf out;
  char why[128];
};

[[noreturn]] void leave_png(png_structp png, png_const_charp why) {
  auto& errors = *static_cast<PngErrors*>(png_get_error_ptr(png));
  std::snprintf(errors.why, sizeof errors.why, "%s", why);
  std::longjmp(errors.out, 1);
}

void pass_over_png_warning(png_structp, png_const_charp) {}

/// Hands pieces of a file over as one.
struct PngSource {
  const std::vector<Bytes>& pieces;
  std::size_t piece = 0;
  std::size_t at = 0;  ///< within the piece
};

void read_png_bytes(png_structp png, png_bytep to, png_size_t size) {
  auto& source = *static_cast<PngSource*>(png_get_io_ptr(png));
  while (size > 0) {
    if (source.piece == source.pieces.size()) png_error(png, "it ends early");
    const Bytes piece = source.pieces[source.piece];
    const std::size_t part = std::min(size, piece.size() - source.at);
    std::memcpy(to, piece.data() + source.at, part);
    to += part;
    size -= part;
    source.at += part;
    if (source.at == piece.size()) {
      ++source.piece;
      source.at = 0;
    }
  }
}

struct PngReader {
  explicit PngReader(const std::vector<Bytes>& pieces) : source{.pieces = pieces} {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &errors, leave_png, pass_over_png_warning);
    if (png != nullptr) info = png_create_info_struct(png);
    if (info == nullptr) {
      png_destroy_read_struct(&png, nullptr, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png, &source, read_png_bytes);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // sizes were checked
    png_set_chunk_malloc_max(png, most_chunk_bytes);
  }
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  PngSource source;
  PngErrors errors{};
  png_structp png = nullptr;
  png_infop info = nullptr;
};

/// Reads up to the pixels, and settles that they come in 8 or 16 bits, grey or RGB, with alpha for a transparent
/// colour.
bool read_png_header(PngReader& reader) {
  if (setjmp(reader.errors.out) != 0) return false;
  png_read_info(reader.png, reader.info);
  png_set_expand(reader.png);
  if constexpr (std::endian::native == std::endian::little) png_set_swap(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool read_png_rows(PngReader& reader, std::uint8_t* samples, std::size_t stride, int height, int passes) {
  if (setjmp(reader.errors.out) != 0) return false;
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < height; ++y) {
      png_read_row(reader.png, samples + static_cast<std::size_t>(y) * stride, nullptr);
    }
  }
  png_read_end(reader.png, nullptr);
  return true;
}

std::vector<std::byte> profile_of(PngReader& reader) {
  png_charp name = nullptr;
  int compression = 0;
  png_bytep profile = nullptr;
  png_uint_32 size = 0;
  if (png_get_iCCP(reader.png, reader.info, &name, &compression, &profile, &size) == 0) return {};
  const auto* begin = reinterpret_cast<const std::byte*>(profile);
  return {begin, begin + size};
}

/// Tells whether the packed pixels are too few for the size: a byte unpacks to at most 1032 (zlib's technical details).
bool is_too_short_png(const PngReader& reader, const Encoded& file, std::size_t packed_size) {
  constexpr std::int64_t most_ratio = 1032;
  const std::int64_t bits = std::int64_t{png_get_bit_depth(reader.png, reader.info)} *
                            png_get_channels(reader.png, reader.info) * file.size.width * file.size.height;
  return bits / 8 / most_ratio > static_cast<std::int64_t>(packed_size);
}

struct PngWriter {
  PngWriter() {
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &errors, leave_png, pass_over_png_warning);
    if (png != nullptr) info = png_create_info_struct(png);
    if (info == nullptr) {
      png_destroy_write_struct(&png, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngWriter() { png_destroy_write_struct(&png, &info); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;

  PngErrors errors{};
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::vector<std::uint8_t> bytes;
};

/// No exception may pass through libpng.
bool append_png_bytes(PngWriter& writer, const std::uint8_t* from, std::size_t size) noexcept {
  try {
    writer.bytes.insert(writer.bytes.end(), from, from + size);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void write_png_bytes(png_structp png, png_bytep from, png_size_t size) {
  if (!append_png_bytes(*static_cast<PngWriter*>(png_get_io_ptr(png)), from, size)) png_error(png, "out of memory");
}

bool write_png(PngWriter& writer, const Image& image) {
  if (setjmp(writer.errors.out) != 0) return false;
  png_set_write_fn(writer.png, &writer, write_png_bytes, nullptr);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height),
               8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(writer.png, png_compression);
  png_write_info(writer.png, writer.info);
  for (int y = 0; y < image.height; ++y) png_write_row(writer.png, image.at(0, y));
  png_write_end(writer.png, writer.info);
  return true;
}

}  // namespace

Decoded decode_png(const Encoded& file) {
  const PngParts parts = walk_png(file.bytes);
  if (!parts.whole) does_not_decode(file, "it ends early, or a chunk's checksum is wrong");
  PngReader reader(parts.essential);
  const auto fail = [&] {
    does_not_decode(file, "its pixels are damaged, or of an unknown kind (" + std::string(reader.errors.why) + ")");
  };
  if (!read_png_header(reader)) fail();
  require_size(file, png_get_image_width(reader.png, reader.info), png_get_image_height(reader.png, reader.info));
  if (is_too_short_png(reader, file, parts.packed_size)) does_not_decode(file, ends_early);
  const int channels = png_get_channels(reader.png, reader.info);
  Decoded decoded = decoded_of(file, channels <= 2 ? Inks::grey : Inks::rgb, channels % 2 == 0,
                               png_get_bit_depth(reader.png, reader.info));
  decoded.orientation = exif_orientation(parts.exif);
  decoded.profile = profile_of(reader);
  const int passes =
      png_get_interlace_type(reader.png, reader.info) == PNG_INTERLACE_NONE ? 1 : PNG_INTERLACE_ADAM7_PASSES;
  const std::size_t stride = decoded.samples.size() / static_cast<std::size_t>(decoded.height);
  if (!read_png_rows(reader, decoded.samples.data(), stride, decoded.height, passes)) fail();
  return decoded;
}

std::vector<std::uint8_t> encode_png(const Image& image) {
  PngWriter writer;
  if (!write_png(writer, image)) {
    throw Error(ErrorKind::internal, "encoding " + std::to_string(image.width) + "x" + std::to_string(image.height) +
                                         " px as PNG failed: " + writer.errors.why);
  }
  return std::move(writer.bytes);
}

}  // namespace fovea

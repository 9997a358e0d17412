// BMP files, by Microsoft's description of BITMAPFILEHEADER and BITMAPCOREHEADER to BITMAPV5HEADER, and of run-length
// coding ("Bitmap Compression"). No library keeps this format; its decoding is a page.
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/bmp.h"

#include <algorithm>
#include <array>
#include <bit>

namespace fovea {
namespace {

enum class Packing : std::uint32_t { plain = 0, runs_of_8 = 1, runs_of_4 = 2, fields = 3, fields_with_alpha = 6 };

/// Where the bits of a channel stand in a pixel's number.
struct Field {
  std::uint32_t mask = 0;

  /// Returns the channel's value spread over 0..255.
  std::uint8_t of(std::uint32_t pixel) const {
    if (mask == 0) return 0;
    const std::uint32_t largest = mask >> std::countr_zero(mask);
    const std::uint64_t value = (pixel & mask) >> std::countr_zero(mask);
    return static_cast<std::uint8_t>((value * 255 + largest / 2) / largest);
  }
};

struct BmpHeader {
  std::uint32_t size = 0;    ///< of the header, which is its version
  std::uint32_t pixels = 0;  ///< where they begin
  std::uint32_t bits = 0;
  Packing packing = Packing::plain;
  bool from_top = false;
  std::array<Field, 4> fields;                       ///< red, green, blue, alpha
  std::vector<std::array<std::uint8_t, 3>> palette;  ///< RGB
};

constexpr std::size_t file_header = 14;
constexpr std::uint32_t os2_header = 12;   // BITMAPCOREHEADER, of 16-bit sizes
constexpr std::uint32_t info_header = 40;  // BITMAPINFOHEADER
constexpr std::uint32_t v2_header = 52;    // with masks for RGB
constexpr std::uint32_t v3_header = 56;    // and for alpha
constexpr std::uint32_t v5_header = 124;   // and with a profile
constexpr std::uint32_t os2_long_header = 64;

std::uint32_t bmp_number(const Encoded& file, std::size_t at, std::size_t size) {
  const auto number = number_at(file.bytes, at, size, Endian::little);
  if (!number) does_not_decode(file, ends_early);
  return *number;
}

bool is_depth(std::uint32_t bits, Packing packing) {
  switch (packing) {
    case Packing::plain:
      return bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
    case Packing::runs_of_8: return bits == 8;
    case Packing::runs_of_4: return bits == 4;
    case Packing::fields:
    case Packing::fields_with_alpha: return bits == 16 || bits == 32;
  }
  return false;
}

void read_fields(const Encoded& file, BmpHeader& header) {
  const bool masked = header.packing == Packing::fields || header.packing == Packing::fields_with_alpha;
  if (header.bits == 16) header.fields = {Field{0x7c00}, Field{0x03e0}, Field{0x001f}};
  if (header.bits == 32) header.fields = {Field{0xff0000}, Field{0x00ff00}, Field{0x0000ff}};
  if (!masked) return;
  // They follow a header of 40 bytes and are a part of longer ones, at the same place.
  const bool with_alpha = header.packing == Packing::fields_with_alpha || header.size >= v3_header;
  for (std::size_t c = 0; c < (with_alpha ? 4u : 3u); ++c) {
    const std::uint32_t mask = bmp_number(file, file_header + info_header + 4 * c, 4);
    const std::uint32_t run = mask == 0 ? 0 : mask >> std::countr_zero(mask);
    if ((run & (run + 1)) != 0) does_not_decode(file, "the bits of its channels have gaps");
    header.fields[c].mask = mask;
  }
}

void read_palette(const Encoded& file, BmpHeader& header, std::uint32_t count) {
  if (header.bits > 8) return;
  const std::size_t entry = header.size == os2_header ? 3 : 4;
  const std::size_t begin = file_header + header.size;
  const std::uint32_t most = 1u << header.bits;
  if (count == 0 || count > most) count = most;
  header.palette.resize(most);  // a number without a colour is black
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = begin + i * entry;
    if (at + entry > header.pixels) break;  // the pixels' place says that there are fewer
    for (std::size_t c = 0; c < 3; ++c) {
      header.palette[i][c] = static_cast<std::uint8_t>(bmp_number(file, at + 2 - c, 1));
    }
  }
}

BmpHeader read_bmp_header(const Encoded& file) {
  BmpHeader header{.size = bmp_number(file, 14, 4), .pixels = bmp_number(file, 10, 4)};
  const bool os2 = header.size == os2_header;
  const bool known = os2 || (header.size >= info_header && header.size <= v5_header);
  if (!known) does_not_decode(file, "its header is of an unknown kind");
  header.bits = bmp_number(file, os2 ? 24 : 28, 2);
  const std::uint32_t packing = os2 ? 0 : bmp_number(file, 30, 4);
  // OS/2's long header numbers other ways of packing by the same numbers from 3 on.
  const bool packed_known = packing <= (header.size == os2_long_header ? 2u : 3u) || packing == 6;
  header.packing = static_cast<Packing>(packing);
  if (!packed_known || !is_depth(header.bits, header.packing)) {
    does_not_decode(file, "its pixels are of an unknown kind: " + std::to_string(header.bits) + " bits, packed by " +
                              std::to_string(packing));
  }
  header.from_top = !os2 && static_cast<std::int32_t>(bmp_number(file, 22, 4)) < 0;
  read_fields(file, header);
  read_palette(file, header, os2 ? 0 : bmp_number(file, 46, 4));
  return header;
}

/// Writes numbers of a palette into a picture that begins at the bottom.
class PaletteRows {
 public:
  PaletteRows(const BmpHeader& header, Decoded& decoded) : header_(header), decoded_(decoded) {}
  bool done() const { return y_ >= decoded_.height; }
  /// What goes beyond a row's end is nowhere.
  void put(std::uint32_t index) {
    if (x_ < decoded_.width && !done()) colour(x_++, y_, index);
  }
  void move(std::uint32_t right, std::uint32_t up) {
    x_ = std::min(decoded_.width, x_ + static_cast<int>(right));
    y_ += static_cast<int>(up);
  }
  void next_row() {
    x_ = 0;
    ++y_;
  }
  /// What runs pass over has the first colour.
  void clear() {
    for (int y = 0; y < decoded_.height; ++y) {
      for (int x = 0; x < decoded_.width; ++x) colour(x, y, 0);
    }
  }

 private:
  void colour(int x, int y, std::uint32_t index) {
    const int row = header_.from_top ? y : decoded_.height - 1 - y;
    const std::size_t at =
        3 * (static_cast<std::size_t>(row) * static_cast<std::size_t>(decoded_.width) + static_cast<std::size_t>(x));
    std::copy_n(header_.palette[index].begin(), 3, decoded_.samples.begin() + static_cast<std::ptrdiff_t>(at));
  }

  const BmpHeader& header_;
  Decoded& decoded_;
  int x_ = 0;
  int y_ = 0;
};

/// Takes the n-th of the numbers that stand in a byte of a run: both halves in turn, or the whole byte.
std::uint32_t part_of(std::uint32_t byte, std::uint32_t bits, std::uint32_t n) {
  if (bits == 8) return byte;
  return n % 2 == 0 ? byte >> 4 : byte & 15;
}

void decode_runs(const Encoded& file, const BmpHeader& header, Decoded& decoded) {
  enum : std::uint32_t { end_of_row = 0, end_of_picture = 1, delta = 2 };
  PaletteRows rows(header, decoded);
  rows.clear();
  std::size_t at = header.pixels;
  while (!rows.done()) {
    const std::uint32_t count = bmp_number(file, at, 1);
    const std::uint32_t what = bmp_number(file, at + 1, 1);
    at += 2;
    if (count > 0) {
      for (std::uint32_t i = 0; i < count; ++i) rows.put(part_of(what, header.bits, i));
    } else if (what == end_of_row) {
      rows.next_row();
    } else if (what == end_of_picture) {
      return;
    } else if (what == delta) {
      rows.move(bmp_number(file, at, 1), bmp_number(file, at + 1, 1));
      at += 2;
    } else {  // so many numbers as they are, filled up to 16 bits
      const std::uint32_t per_byte = 8 / header.bits;
      for (std::uint32_t i = 0; i < what; ++i) {
        rows.put(part_of(bmp_number(file, at + i / per_byte, 1), header.bits, i));
      }
      const std::size_t bytes = (what + per_byte - 1) / per_byte;
      at += bytes + bytes % 2;
    }
  }
}

/// Decodes one row of whole numbers per pixel.
void decode_row(const BmpHeader& header, Bytes row, std::uint8_t* to, int width, bool alpha) {
  const std::size_t pixel_bytes = header.bits / 8;
  for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
    if (header.bits <= 8) {
      const std::size_t per_byte = 8 / header.bits;
      const auto byte = std::to_integer<std::uint32_t>(row[x / per_byte]);
      const std::uint32_t index = byte >> (8 - header.bits * (x % per_byte + 1)) & ((1u << header.bits) - 1);
      to = std::copy_n(header.palette[index].begin(), 3, to);
    } else if (header.bits == 24) {
      for (std::size_t c = 0; c < 3; ++c) *to++ = std::to_integer<std::uint8_t>(row[3 * x + 2 - c]);
    } else {
      const std::uint32_t pixel = number_at(row, x * pixel_bytes, pixel_bytes, Endian::little).value_or(0);
      for (std::size_t c = 0; c < (alpha ? 4u : 3u); ++c) *to++ = header.fields[c].of(pixel);
    }
  }
}

void decode_rows(const Encoded& file, const BmpHeader& header, Decoded& decoded) {
  const std::size_t stored = (static_cast<std::size_t>(decoded.width) * header.bits + 31) / 32 * 4;
  const std::size_t stride = decoded.samples.size() / static_cast<std::size_t>(decoded.height);
  for (int y = 0; y < decoded.height; ++y) {
    const Bytes row = file.bytes.subspan(header.pixels + static_cast<std::size_t>(y) * stored, stored);
    const int to = header.from_top ? y : decoded.height - 1 - y;
    decode_row(header, row, decoded.samples.data() + static_cast<std::size_t>(to) * stride, decoded.width,
               decoded.alpha);
  }
}

/// Tells whether every pixel is fully transparent: then a writer left alpha at zero, and means nothing by it.
bool shows_nothing(const Decoded& decoded) {
  for (std::size_t i = 3; i < decoded.samples.size(); i += 4) {
    if (decoded.samples[i] != 0) return false;
  }
  return true;
}

std::vector<std::byte> bmp_profile(const Encoded& file, const BmpHeader& header) {
  constexpr std::uint32_t embedded = 0x4d424544;  // "MBED"
  if (header.size != v5_header || bmp_number(file, file_header + 56, 4) != embedded) return {};
  const std::size_t begin = file_header + bmp_number(file, file_header + 112, 4);
  const std::size_t size = bmp_number(file, file_header + 116, 4);
  if (begin > file.bytes.size() || size > file.bytes.size() - begin) return {};
  const Bytes profile = file.bytes.subspan(begin, size);
  return {profile.begin(), profile.end()};
}

}  // namespace

Decoded decode_bmp(const Encoded& file) {
  const BmpHeader header = read_bmp_header(file);
  const bool runs = header.packing == Packing::runs_of_8 || header.packing == Packing::runs_of_4;
  const std::int64_t row = (file.size.width * header.bits + 31) / 32 * 4;
  constexpr std::int64_t most_of_runs = 128;  // pixels per byte: 255 for a pair of them
  if (runs) require_filled(file, most_of_runs);
  const std::int64_t least = runs ? 2 : row * file.size.height;
  if (static_cast<std::int64_t>(header.pixels) + least > static_cast<std::int64_t>(file.bytes.size())) {
    does_not_decode(file, ends_early);
  }
  Decoded decoded = decoded_of(file, Inks::rgb, header.fields[3].mask != 0);
  if (runs) {
    decode_runs(file, header, decoded);
  } else {
    decode_rows(file, header, decoded);
  }
  if (decoded.alpha && shows_nothing(decoded)) {
    for (std::size_t i = 3; i < decoded.samples.size(); i += 4) decoded.samples[i] = 255;
  }
  decoded.profile = bmp_profile(file, header);
  return decoded;
}

}  // namespace fovea

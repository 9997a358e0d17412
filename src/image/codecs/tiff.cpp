// TIFF files by libtiff, which unpacks strips and tiles; what their samples mean is seen to here, for libtiff's own
// conversion knows 8 bits only and multiplies by alpha. It serves for the rest (YCbCr, CIE L*a*b*).
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/tiff.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include <tiffio.h>

#include <fovea/error.h>

namespace fovea {
namespace {

/// A file in memory as libtiff reads it, and what it says of its troubles.
struct TiffSource {
  Bytes bytes;
  std::uint64_t at = 0;
  char why[256] = "";
};

TiffSource& tiff_source(thandle_t handle) { return *static_cast<TiffSource*>(handle); }

tmsize_t read_tiff_bytes(thandle_t handle, void* to, tmsize_t size) {
  TiffSource& source = tiff_source(handle);
  if (size < 0 || source.at >= source.bytes.size()) return 0;
  const std::size_t part = std::min<std::size_t>(static_cast<std::size_t>(size), source.bytes.size() - source.at);
  std::memcpy(to, source.bytes.data() + source.at, part);
  source.at += part;
  return static_cast<tmsize_t>(part);
}

tmsize_t write_no_tiff_bytes(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek_in_tiff(thandle_t handle, toff_t offset, int from) {
  TiffSource& source = tiff_source(handle);
  const std::uint64_t base = from == SEEK_SET ? 0 : from == SEEK_CUR ? source.at : source.bytes.size();
  source.at = base + offset;
  return source.at;
}

int close_tiff_source(thandle_t) { return 0; }
toff_t size_of_tiff(thandle_t handle) { return tiff_source(handle).bytes.size(); }

int keep_tiff_error(TIFF*, void* user, const char*, const char* format, va_list arguments) {
  auto& source = *static_cast<TiffSource*>(user);
  std::vsnprintf(source.why, sizeof source.why, format, arguments);
  return 1;  // heard: nothing is printed
}

int pass_over_tiff_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

using TiffHandle = std::unique_ptr<TIFF, void (*)(TIFF*)>;

TiffHandle open_tiff(TiffSource& source) {
  // What a file of some bytes has reason to ask for: its strips, packed, and its tags, which libtiff widens.
  const std::size_t most_bytes = (std::size_t{32} << 20) + 8 * source.bytes.size();
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_tiff_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), pass_over_tiff_warning, nullptr);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(most_bytes));
  // m: not mapped into memory, where it is.
  TIFF* opened = TIFFClientOpenExt("memory", "rm", &source, read_tiff_bytes, write_no_tiff_bytes, seek_in_tiff,
                                   close_tiff_source, size_of_tiff, nullptr, nullptr, options.get());
  return {opened, TIFFClose};
}

/// A picture's tags.
struct TiffTags {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint16_t bits = 1;
  std::uint16_t samples = 1;  ///< of a pixel
  std::uint16_t kind = SAMPLEFORMAT_UINT;
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  std::uint16_t packing = COMPRESSION_NONE;
  std::uint16_t planes = PLANARCONFIG_CONTIG;
  std::uint16_t orientation = ORIENTATION_TOPLEFT;
  std::uint16_t alpha = EXTRASAMPLE_UNSPECIFIED;  ///< of the first sample beside the colours
};

int tiff_inks(const TiffTags& tags) {
  switch (tags.photometric) {
    case PHOTOMETRIC_RGB: return 3;
    case PHOTOMETRIC_SEPARATED: return 4;
    default: return 1;
  }
}

TiffTags read_tiff_tags(TIFF* tiff) {
  TiffTags tags;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &tags.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &tags.height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &tags.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &tags.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &tags.kind);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &tags.packing);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &tags.planes);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &tags.orientation);
  if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &tags.photometric) == 0) {
    tags.photometric = tags.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  }
  if (tags.photometric == PHOTOMETRIC_YCBCR && tags.packing == COMPRESSION_JPEG && tags.planes == PLANARCONFIG_CONTIG) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    tags.photometric = PHOTOMETRIC_RGB;
  }
  std::uint16_t extras = 0;
  const std::uint16_t* meanings = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extras, &meanings);
  if (extras > 0 && meanings != nullptr) {
    tags.alpha = meanings[0];
  } else if (tags.photometric == PHOTOMETRIC_RGB && tags.samples == 4) {
    tags.alpha = EXTRASAMPLE_ASSOCALPHA;  // as libtiff takes a fourth sample that is not told
  }
  if (tags.samples <= tiff_inks(tags)) tags.alpha = EXTRASAMPLE_UNSPECIFIED;
  return tags;
}

/// A palette, or nothing for samples that are colours themselves.
struct TiffPalette {
  const std::uint16_t* channels[3] = {nullptr, nullptr, nullptr};
  bool of_bytes = true;  ///< written by a program that took 8 bits where 16 belong

  void read(TIFF* tiff, std::size_t size) {
    if (TIFFGetField(tiff, TIFFTAG_COLORMAP, &channels[0], &channels[1], &channels[2]) == 0) channels[0] = nullptr;
    for (std::size_t i = 0; i < size && channels[0] != nullptr; ++i) {
      for (const std::uint16_t* channel : channels) of_bytes = of_bytes && channel[i] < 256;
    }
  }
  std::uint8_t of(int channel, std::uint32_t index) const {
    const std::uint32_t level = channels[channel][index];
    return static_cast<std::uint8_t>(of_bytes ? level : level * 255 / 65535);
  }
};

/// A strip or a tile: a box of the picture that is unpacked at once.
struct TiffBlocks {
  bool tiled = false;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::size_t bytes = 0;  ///< of one, unpacked
  std::size_t row_bytes = 0;
};

class TiffDecoder {
 public:
  TiffDecoder(const Encoded& file, TIFF* tiff, const TiffSource& source, const TiffTags& tags)
      : file_(file), tiff_(tiff), source_(source), tags_(tags) {}

  Decoded decode();

 private:
  [[noreturn]] void fail() const {
    does_not_decode(file_, "its pixels are damaged, or of an unknown kind (" + std::string(source_.why) + ")");
  }
  TiffBlocks blocks() const;
  void require_enough() const;
  void unpack(const TiffBlocks& blocks, std::uint32_t x, std::uint32_t y, int plane, std::vector<std::uint8_t>& to);
  void place(const TiffBlocks& blocks, std::uint32_t x, std::uint32_t y, int plane,
             const std::vector<std::uint8_t>& from, Decoded& decoded) const;
  std::uint16_t sample(const std::uint8_t* row, std::size_t index) const;
  void put(Decoded& decoded, std::size_t pixel, int channel, std::uint16_t sample) const;

  const Encoded& file_;
  TIFF* tiff_;
  const TiffSource& source_;
  const TiffTags& tags_;
  TiffPalette palette_;
};

TiffBlocks TiffDecoder::blocks() const {
  // A tile may hang over the border, but not be many times the picture.
  constexpr std::uint64_t spare_pixels = 4u << 20;
  TiffBlocks blocks{.tiled = TIFFIsTiled(tiff_) != 0};
  if (blocks.tiled) {
    TIFFGetField(tiff_, TIFFTAG_TILEWIDTH, &blocks.width);
    TIFFGetField(tiff_, TIFFTAG_TILELENGTH, &blocks.height);
  } else {
    blocks.width = tags_.width;
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_ROWSPERSTRIP, &blocks.height);
    blocks.height = std::min(blocks.height, tags_.height);
  }
  if (blocks.width == 0 || blocks.height == 0) does_not_decode(file_, "its strips have no pixels");
  const std::uint64_t pixels = std::uint64_t{blocks.width} * blocks.height;
  if (pixels > 4 * std::uint64_t{tags_.width} * tags_.height + spare_pixels) {
    does_not_decode(file_, "its tiles are much larger than the picture");
  }
  const std::uint64_t samples = tags_.planes == PLANARCONFIG_CONTIG ? tags_.samples : 1;
  blocks.row_bytes = (blocks.width * samples * tags_.bits + 7) / 8;
  blocks.bytes = blocks.row_bytes * blocks.height;
  const tmsize_t told = blocks.tiled ? TIFFTileSize(tiff_) : TIFFStripSize(tiff_);
  if (told < 0 || static_cast<std::uint64_t>(told) != blocks.bytes) fail();
  return blocks;
}

/// Refuses what is too short for its size, before room is made for it.
void TiffDecoder::require_enough() const {
  std::uint64_t most_ratio = 0;  // of what a byte can unpack to
  switch (tags_.packing) {
    case COMPRESSION_NONE: most_ratio = 1; break;
    case COMPRESSION_PACKBITS: most_ratio = 64; break;
    case COMPRESSION_LZW: most_ratio = 4096; break;
    case COMPRESSION_DEFLATE:
    case COMPRESSION_ADOBE_DEFLATE: most_ratio = 1032; break;
    default: return;
  }
  const std::uint64_t unpacked = std::uint64_t{tags_.width} * tags_.height * tags_.samples * tags_.bits / 8;
  if (unpacked / most_ratio > file_.bytes.size()) does_not_decode(file_, ends_early);
}

void TiffDecoder::unpack(const TiffBlocks& blocks, std::uint32_t x, std::uint32_t y, int plane,
                         std::vector<std::uint8_t>& to) {
  const auto place = static_cast<std::uint16_t>(plane);
  const auto size = static_cast<tmsize_t>(to.size());
  const tmsize_t got = blocks.tiled
                           ? TIFFReadEncodedTile(tiff_, TIFFComputeTile(tiff_, x, y, 0, place), to.data(), size)
                           : TIFFReadEncodedStrip(tiff_, TIFFComputeStrip(tiff_, y, place), to.data(), size);
  const std::uint32_t rows = blocks.tiled ? blocks.height : std::min(blocks.height, tags_.height - y);
  if (got < 0 || static_cast<std::size_t>(got) < blocks.row_bytes * rows) fail();
}

std::uint16_t TiffDecoder::sample(const std::uint8_t* row, std::size_t index) const {
  if (tags_.bits == 16) {
    std::uint16_t value = 0;
    std::memcpy(&value, row + 2 * index, sizeof value);
    return value;
  }
  if (tags_.bits == 8) return row[index];
  const std::size_t per_byte = 8 / tags_.bits;
  return row[index / per_byte] >> (8 - tags_.bits * (index % per_byte + 1)) & ((1u << tags_.bits) - 1);
}

void TiffDecoder::put(Decoded& decoded, std::size_t pixel, int channel, std::uint16_t sample) const {
  const auto channels = static_cast<std::size_t>(channels_of(decoded));
  if (tags_.photometric == PHOTOMETRIC_PALETTE) {
    if (channel != 0) return;
    for (int c = 0; c < 3; ++c)
      decoded.samples[pixel * channels + static_cast<std::size_t>(c)] = palette_.of(c, sample);
    return;
  }
  const std::uint32_t largest = (1u << tags_.bits) - 1;
  if (tags_.photometric == PHOTOMETRIC_MINISWHITE && channel == 0)
    sample = static_cast<std::uint16_t>(largest - sample);
  const std::size_t at = pixel * channels + static_cast<std::size_t>(channel);
  if (tags_.bits == 16) {
    std::memcpy(&decoded.samples[2 * at], &sample, sizeof sample);
  } else {
    decoded.samples[at] = static_cast<std::uint8_t>(sample * 255 / largest);
  }
}

void TiffDecoder::place(const TiffBlocks& blocks, std::uint32_t x, std::uint32_t y, int plane,
                        const std::vector<std::uint8_t>& from, Decoded& decoded) const {
  const bool together = tags_.planes == PLANARCONFIG_CONTIG;
  const int used = together ? std::max(1, tags_.photometric == PHOTOMETRIC_PALETTE ? 1 : channels_of(decoded)) : 1;
  const std::size_t step = together ? tags_.samples : 1;
  for (std::uint32_t row = 0; row < std::min(blocks.height, tags_.height - y); ++row) {
    const std::uint8_t* samples = from.data() + row * blocks.row_bytes;
    for (std::uint32_t column = 0; column < std::min(blocks.width, tags_.width - x); ++column) {
      const std::size_t pixel = std::size_t{y + row} * tags_.width + x + column;
      for (int c = 0; c < used; ++c) {
        put(decoded, pixel, plane + c, sample(samples, column * step + static_cast<std::size_t>(c)));
      }
    }
  }
}

Decoded TiffDecoder::decode() {
  const bool palette = tags_.photometric == PHOTOMETRIC_PALETTE;
  const int inks = tiff_inks(tags_);
  if (palette) {
    palette_.read(tiff_, std::size_t{1} << tags_.bits);
    if (palette_.channels[0] == nullptr) does_not_decode(file_, "it has no palette");
  }
  require_enough();
  const TiffBlocks sizes = blocks();
  const bool alpha = !palette && tags_.alpha != EXTRASAMPLE_UNSPECIFIED && inks != 4;
  Decoded decoded = decoded_of(file_,
                               palette || inks == 3 ? Inks::rgb
                               : inks == 4          ? Inks::cmyk
                                                    : Inks::grey,
                               alpha, tags_.bits == 16 ? 16 : 8);
  decoded.multiplied = tags_.alpha == EXTRASAMPLE_ASSOCALPHA;
  std::vector<std::uint8_t> unpacked(sizes.bytes);
  const int planes = tags_.planes == PLANARCONFIG_CONTIG || palette ? 1 : channels_of(decoded);
  for (int plane = 0; plane < planes; ++plane) {
    for (std::uint64_t y = 0; y < tags_.height; y += sizes.height) {
      for (std::uint64_t x = 0; x < tags_.width; x += sizes.width) {
        const auto left = static_cast<std::uint32_t>(x);
        const auto top = static_cast<std::uint32_t>(y);
        unpack(sizes, left, top, plane, unpacked);
        place(sizes, left, top, plane, unpacked, decoded);
      }
    }
  }
  return decoded;
}

/// Decodes by libtiff's own conversion: 8 bits, multiplied by alpha.
Decoded decode_by_libtiff(const Encoded& file, TIFF* tiff, const TiffSource& source, const TiffTags& tags) {
  char why[1024] = "";
  if (TIFFRGBAImageOK(tiff, why) == 0) has_unread_samples(file);
  std::vector<std::uint32_t> raster(std::size_t{tags.width} * tags.height);
  // Asked for as it is stored: it is turned upright later.
  if (TIFFReadRGBAImageOriented(tiff, tags.width, tags.height, raster.data(), tags.orientation, 1) == 0) {
    does_not_decode(file, "its pixels are damaged, or of an unknown kind (" + std::string(source.why) + ")");
  }
  Decoded decoded = decoded_of(file, Inks::rgb, true);
  decoded.multiplied = true;
  std::uint8_t* to = decoded.samples.data();
  for (const std::uint32_t pixel : raster) {
    for (const std::uint32_t value : {TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel), TIFFGetA(pixel)}) {
      *to++ = static_cast<std::uint8_t>(value);
    }
  }
  return decoded;
}

std::vector<std::byte> tiff_profile(TIFF* tiff) {
  std::uint32_t size = 0;
  const void* profile = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &profile) == 0 || profile == nullptr) return {};
  const auto* begin = static_cast<const std::byte*>(profile);
  return {begin, begin + size};
}

}  // namespace

Decoded decode_tiff(const Encoded& file) {
  TiffSource source{.bytes = file.bytes};
  const TiffHandle tiff = open_tiff(source);
  if (!tiff) does_not_decode(file, "its directory is damaged (" + std::string(source.why) + ")");
  const TiffTags tags = read_tiff_tags(tiff.get());
  require_size(file, tags.width, tags.height);
  const bool whole_numbers = tags.kind == SAMPLEFORMAT_UINT || tags.kind == SAMPLEFORMAT_VOID;
  if (!whole_numbers) has_unread_samples(file);
  const bool depth = tags.bits == 1 || tags.bits == 2 || tags.bits == 4 || tags.bits == 8 || tags.bits == 16;
  const bool colours = tags.photometric == PHOTOMETRIC_MINISWHITE || tags.photometric == PHOTOMETRIC_MINISBLACK ||
                       tags.photometric == PHOTOMETRIC_RGB || tags.photometric == PHOTOMETRIC_SEPARATED ||
                       (tags.photometric == PHOTOMETRIC_PALETTE && tags.bits <= 8);
  const bool enough = tags.samples >= tiff_inks(tags);
  Decoded decoded = depth && colours && enough ? TiffDecoder(file, tiff.get(), source, tags).decode()
                                               : decode_by_libtiff(file, tiff.get(), source, tags);
  decoded.orientation = tags.orientation;
  decoded.profile = tiff_profile(tiff.get());
  return decoded;
}

}  // namespace fovea

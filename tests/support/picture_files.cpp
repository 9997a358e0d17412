// SPDX-License-Identifier: Apache-2.0
#include "support/picture_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>

#include <unistd.h>

#include <gif_lib.h>
#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>
#include <webp/encode.h>
#include <webp/mux.h>
#include <zlib.h>

namespace fovea::test {
namespace {

using Data = std::vector<std::uint8_t>;

constexpr int width = 13;
constexpr int height = 7;

/// A sample of `bits` at a place; the last of channels 2 and 4 is alpha.
using Sampler = std::function<std::uint32_t(int x, int y, int channel)>;

std::uint8_t level(int x, int y, int channel) {
  const int levels[] = {x * 19 + 20, y * 36 + 3, x * y * 7, 255 - x * 15 - y * 10};
  return static_cast<std::uint8_t>(levels[channel] & 255);
}

/// The picture in samples of 1 to 16 bits; those of 16 are a little off the levels of 8.
Sampler samples_of(int bits) {
  return [bits](int x, int y, int channel) -> std::uint32_t {
    const int wanted = level(x, y, channel);
    if (bits == 16) return static_cast<std::uint32_t>(std::clamp(257 * wanted + ((x + y) % 3 - 1) * 90, 0, 65535));
    return static_cast<std::uint32_t>(wanted >> (8 - bits));
  };
}

/// Packs a row, high bits first, 16 bits in the order asked for.
Data packed_row(const Sampler& sample, int y, int channels, int bits, bool big_endian) {
  Data row(static_cast<std::size_t>(width * channels * bits + 7) / 8);
  for (int i = 0; i < width * channels; ++i) {
    const std::uint32_t value = sample(i / channels, y, i % channels);
    if (bits == 16) {
      row[static_cast<std::size_t>(2 * i)] = static_cast<std::uint8_t>(big_endian ? value >> 8 : value & 255);
      row[static_cast<std::size_t>(2 * i + 1)] = static_cast<std::uint8_t>(big_endian ? value & 255 : value >> 8);
    } else {
      row[static_cast<std::size_t>(i * bits / 8)] |= static_cast<std::uint8_t>(value << (8 - bits - i * bits % 8));
    }
  }
  return row;
}

/// What must be shown of samples: in exact arithmetic, rounded once.
Image shown(const Sampler& sample, int channels, int bits) {
  Image image = make_image(width, height);
  const double full = (1u << bits) - 1;
  const bool alpha = channels % 2 == 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double colour = sample(x, y, channels <= 2 ? 0 : c);
        const double share = alpha ? sample(x, y, channels - 1) / full : 1;
        image.at(x, y)[c] = static_cast<std::uint8_t>(std::lround((colour * share + full * (1 - share)) * 255 / full));
      }
    }
  }
  return image;
}

/// A palette whose n-th colour is none of its neighbours'.
Colour palette_colour(std::uint32_t index) {
  return {static_cast<std::uint8_t>(index * 37 + 11), static_cast<std::uint8_t>(255 - index),
          static_cast<std::uint8_t>(index * 5)};
}

Image shown_of_palette(const Sampler& index, int transparent = -1) {
  Image image = make_image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::uint32_t i = index(x, y, 0);
      const Colour colour = static_cast<int>(i) == transparent ? Colour{255, 255, 255} : palette_colour(i);
      std::copy(colour.begin(), colour.end(), image.at(x, y));
    }
  }
  return image;
}

std::string text(int number) { return std::to_string(number); }

// --- JPEG ---

struct JpegKind {
  int components = 3;
  int sampling = 1;  ///< of the first component
  bool progressive = false;
  bool arithmetic = false;
  int restart = 0;
};

void add_marker(jpeg_compress_struct& info, int marker, std::string_view head, const Data& content) {
  Data data(head.begin(), head.end());
  data.insert(data.end(), content.begin(), content.end());
  jpeg_write_marker(&info, marker, data.data(), static_cast<unsigned>(data.size()));
}

Data jpeg_file(const JpegKind& kind, int columns, int rows, const Sampler& sample, const Data& profile = {},
               int orientation = 1) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = static_cast<JDIMENSION>(columns);
  info.image_height = static_cast<JDIMENSION>(rows);
  info.input_components = kind.components;
  info.in_color_space = kind.components == 1 ? JCS_GRAYSCALE : kind.components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 95, TRUE);
  if (kind.components == 4) jpeg_set_colorspace(&info, kind.sampling > 1 ? JCS_YCCK : JCS_CMYK);
  info.comp_info[0].h_samp_factor = kind.sampling;
  info.comp_info[0].v_samp_factor = kind.sampling > 1 ? 2 : 1;
  if (kind.components == 4) info.comp_info[3].h_samp_factor = info.comp_info[0].h_samp_factor;
  if (kind.components == 4) info.comp_info[3].v_samp_factor = info.comp_info[0].v_samp_factor;
  info.arith_code = kind.arithmetic ? TRUE : FALSE;
  info.restart_interval = static_cast<unsigned>(kind.restart);
  if (kind.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  constexpr std::string_view exif_head("Exif\0\0", 6);
  constexpr std::string_view profile_head("ICC_PROFILE\0\1\1", 14);
  if (orientation != 1) add_marker(info, JPEG_APP0 + 1, exif_head, exif_of(orientation));
  if (!profile.empty()) add_marker(info, JPEG_APP0 + 2, profile_head, profile);
  for (int y = 0; y < rows; ++y) {
    Data row;
    for (int i = 0; i < columns * kind.components; ++i) {
      row.push_back(static_cast<std::uint8_t>(sample(i / kind.components, y, i % kind.components)));
    }
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  Data file(bytes, bytes + size);
  jpeg_destroy_compress(&info);
  std::free(bytes);
  return file;
}

std::vector<PictureFile> jpeg_files() {
  const std::pair<const char*, JpegKind> kinds[] = {{"grey", {.components = 1}},
                                                    {"4:4:4", {}},
                                                    {"4:2:0", {.sampling = 2}},
                                                    {"progressive", {.sampling = 2, .progressive = true}},
                                                    {"arithmetic", {.sampling = 2, .arithmetic = true}},
                                                    {"restarts", {.restart = 1}},
                                                    {"CMYK", {.components = 4}},
                                                    {"YCCK", {.components = 4, .sampling = 2}}};
  std::vector<PictureFile> files;
  for (const auto& [name, kind] : kinds) {
    files.push_back({std::string("jpeg ") + name, jpeg_file(kind, width, height, samples_of(8)), {}});
    files.push_back({std::string("jpeg larger ") + name, jpeg_file(kind, 41, 35, samples_of(8)), {}});
  }
  return files;
}

// --- PNG ---

struct PngKind {
  int bits = 8;
  int type = PNG_COLOR_TYPE_RGB;
  int channels = 3;
  bool interlaced = false;
  bool transparent = false;  ///< one colour of it
};

void write_to(png_structp png, png_bytep from, png_size_t size) {
  auto& file = *static_cast<Data*>(png_get_io_ptr(png));
  file.insert(file.end(), from, from + size);
}

Data png_file(const PngKind& kind, const Sampler& sample, const Data& profile = {}, int orientation = 1) {
  Data file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &file, write_to, nullptr);
  png_set_IHDR(png, info, width, height, kind.bits, kind.type,
               kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (kind.type == PNG_COLOR_TYPE_PALETTE) {
    std::vector<png_color> palette;
    for (std::uint32_t i = 0; i < 1u << kind.bits; ++i) {
      const Colour colour = palette_colour(i);
      palette.push_back({colour[0], colour[1], colour[2]});
    }
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    const png_byte alphas[] = {255, 0};
    if (kind.transparent) png_set_tRNS(png, info, alphas, 2, nullptr);
  } else if (kind.transparent) {
    png_color_16 key{};
    key.gray = key.red = static_cast<png_uint_16>(sample(2, 3, 0));
    key.green = static_cast<png_uint_16>(sample(2, 3, 1));
    key.blue = static_cast<png_uint_16>(sample(2, 3, 2));
    png_set_tRNS(png, info, nullptr, 0, &key);
  }
  Data exif = exif_of(orientation);
  if (orientation != 1) png_set_eXIf_1(png, info, static_cast<png_uint_32>(exif.size()), exif.data());
  std::vector<Data> rows;
  std::vector<png_bytep> pointers;
  for (int y = 0; y < height; ++y) rows.push_back(packed_row(sample, y, kind.channels, kind.bits, true));
  for (Data& row : rows) pointers.push_back(row.data());
  if (!profile.empty()) {  // not by png_set_iCCP, which refuses damaged ones
    Data chunk{'t', 'e', 's', 't', 0, 0};
    uLongf size = compressBound(static_cast<uLong>(profile.size()));
    chunk.resize(6 + size);
    compress(&chunk[6], &size, profile.data(), static_cast<uLong>(profile.size()));
    png_write_info_before_PLTE(png, info);
    png_write_chunk(png, reinterpret_cast<png_const_bytep>("iCCP"), chunk.data(), 6 + size);
  }
  png_write_info(png, info);
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

/// What must be shown where one colour is transparent.
Image without_key(Image image, const Sampler& sample, int channels) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      bool key = true;
      for (int c = 0; c < channels; ++c) key = key && sample(x, y, c) == sample(2, 3, c);
      if (key) std::fill_n(image.at(x, y), 3, std::uint8_t{255});
    }
  }
  return image;
}

std::vector<PictureFile> png_files() {
  std::vector<PictureFile> files;
  for (const bool interlaced : {false, true}) {
    const std::string how = interlaced ? " interlaced" : "";
    const std::pair<const char*, PngKind> kinds[] = {
        {"grey", {.type = PNG_COLOR_TYPE_GRAY, .channels = 1}},
        {"grey and alpha", {.type = PNG_COLOR_TYPE_GRAY_ALPHA, .channels = 2}},
        {"RGB", {}},
        {"RGBA", {.type = PNG_COLOR_TYPE_RGB_ALPHA, .channels = 4}}};
    for (auto [name, kind] : kinds) {
      for (const int bits : {1, 2, 4, 8, 16}) {
        if (bits < 8 && kind.type != PNG_COLOR_TYPE_GRAY) continue;
        kind.bits = bits;
        kind.interlaced = interlaced;
        const Sampler sample = samples_of(bits);
        const std::string told = std::string("png ") + name + " " + text(bits) + " bits" + how;
        const Image expected = shown(sample, kind.channels, bits);
        files.push_back({told, png_file(kind, sample), expected});
        if (kind.channels % 2 == 0) continue;
        kind.transparent = true;
        files.push_back(
            {told + ", one transparent", png_file(kind, sample), without_key(expected, sample, kind.channels)});
        kind.transparent = false;
      }
    }
    for (const int bits : {1, 2, 4, 8}) {
      for (const bool transparent : {false, true}) {
        const PngKind kind{.bits = bits,
                           .type = PNG_COLOR_TYPE_PALETTE,
                           .channels = 1,
                           .interlaced = interlaced,
                           .transparent = transparent};
        files.push_back({"png palette " + text(bits) + " bits" + (transparent ? " with alpha" : "") + how,
                         png_file(kind, samples_of(bits)), shown_of_palette(samples_of(bits), transparent ? 1 : -1)});
      }
    }
  }
  return files;
}

// --- WebP ---

Data plain_pixels(const Sampler& sample, int channels) {
  Data pixels;
  for (int y = 0; y < height; ++y) {
    for (int i = 0; i < width * channels; ++i) {
      pixels.push_back(static_cast<std::uint8_t>(sample(i / channels, y, i % channels)));
    }
  }
  return pixels;
}

Data webp_file(const Data& pixels, int columns, int rows, int channels, bool lossless) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (lossless) {
    const auto encode = channels == 4 ? WebPEncodeLosslessRGBA : WebPEncodeLosslessRGB;
    size = encode(pixels.data(), columns, rows, channels * columns, &bytes);
  } else {
    const auto encode = channels == 4 ? WebPEncodeRGBA : WebPEncodeRGB;
    size = encode(pixels.data(), columns, rows, channels * columns, 90, &bytes);
  }
  Data file(bytes, bytes + size);
  WebPFree(bytes);
  return file;
}

Data with_chunks(const Data& file, const Data& profile, int orientation) {
  const WebPData still{file.data(), file.size()};
  WebPMux* mux = WebPMuxCreate(&still, 1);
  const WebPData icc{profile.data(), profile.size()};
  if (!profile.empty()) WebPMuxSetChunk(mux, "ICCP", &icc, 1);
  const Data block = exif_of(orientation);
  const WebPData exif{block.data(), block.size()};
  if (orientation != 1) WebPMuxSetChunk(mux, "EXIF", &exif, 1);
  WebPData assembled;
  WebPMuxAssemble(mux, &assembled);
  Data result(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  WebPMuxDelete(mux);
  return result;
}

std::vector<PictureFile> webp_files() {
  std::vector<PictureFile> files;
  for (const int channels : {3, 4}) {
    const std::string name = channels == 3 ? "webp RGB" : "webp RGBA";
    const Data pixels = plain_pixels(samples_of(8), channels);
    files.push_back(
        {name + " lossless", webp_file(pixels, width, height, channels, true), shown(samples_of(8), channels, 8)});
    files.push_back({name, webp_file(pixels, width, height, channels, false), {}});
    files.push_back({name + " with chunks", with_chunks(files.back().bytes, Data(100, 7), 6), {}});
  }
  return files;
}

// --- TIFF ---

struct TiffKind {
  int bits = 8;
  int channels = 3;
  int photometric = PHOTOMETRIC_RGB;
  int packing = COMPRESSION_NONE;
  bool apart = false;  ///< a plane per channel
  bool tiled = false;
  int alpha = -1;  ///< what the last channel is
  int format = SAMPLEFORMAT_UINT;
  int rows = 3;  ///< per strip
};

std::filesystem::path passing_file() {
  static int count = 0;
  return std::filesystem::temp_directory_path() /
         ("fovea_tiff_" + std::to_string(getpid()) + "_" + std::to_string(++count) + ".tiff");
}

void write_tiles(TIFF* tiff, const TiffKind& kind, const Sampler& sample) {
  constexpr int side = 16;
  Data tile(static_cast<std::size_t>(TIFFTileSize(tiff)));
  for (int plane = 0; plane < (kind.apart ? kind.channels : 1); ++plane) {
    const int channels = kind.apart ? 1 : kind.channels;
    for (int y = 0; y < height; ++y) {
      const Sampler of_plane = [&](int x, int row, int c) { return sample(x, row, kind.apart ? plane : c); };
      const Data row = packed_row(of_plane, y, channels, kind.bits, false);
      std::copy(row.begin(), row.end(), tile.begin() + y * (side * channels * kind.bits / 8));
    }
    TIFFWriteEncodedTile(tiff, static_cast<std::uint32_t>(plane), tile.data(), static_cast<tmsize_t>(tile.size()));
  }
}

Data tiff_file(const TiffKind& kind, const Sampler& sample, const Data& profile = {}, int orientation = 1) {
  const std::filesystem::path path = passing_file();
  TIFF* tiff = TIFFOpen(path.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, kind.channels);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, kind.format);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind.photometric);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind.packing);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, kind.apart ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
  const auto alpha = static_cast<std::uint16_t>(kind.alpha);
  if (kind.alpha >= 0) TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &alpha);
  if (!profile.empty()) {
    TIFFSetField(tiff, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(profile.size()), profile.data());
  }
  std::array<std::vector<std::uint16_t>, 3> palette;
  for (std::uint32_t i = 0; i < 1u << kind.bits && kind.photometric == PHOTOMETRIC_PALETTE; ++i) {
    const Colour colour = palette_colour(i);
    for (std::size_t c = 0; c < 3; ++c) palette[c].push_back(static_cast<std::uint16_t>(colour[c] * 257));
  }
  if (kind.photometric == PHOTOMETRIC_PALETTE) {
    TIFFSetField(tiff, TIFFTAG_COLORMAP, palette[0].data(), palette[1].data(), palette[2].data());
  }
  if (kind.photometric == PHOTOMETRIC_YCBCR) {
    if (kind.packing == COMPRESSION_JPEG) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    TIFFSetField(tiff, TIFFTAG_YCBCRSUBSAMPLING, 1, 1);
  }
  if (kind.tiled) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
    write_tiles(tiff, kind, sample);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, kind.packing == COMPRESSION_JPEG ? 8 : kind.rows);
    for (int plane = 0; plane < (kind.apart ? kind.channels : 1); ++plane) {
      for (int y = 0; y < height; ++y) {
        const Sampler of_plane = [&](int x, int row, int c) { return sample(x, row, kind.apart ? plane : c); };
        Data row = packed_row(of_plane, y, kind.apart ? 1 : kind.channels, kind.bits, false);
        TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y), static_cast<std::uint16_t>(plane));
      }
    }
  }
  TIFFClose(tiff);
  std::ifstream stream(path, std::ios::binary);
  const Data file{std::istreambuf_iterator<char>(stream), {}};
  std::filesystem::remove(path);
  return file;
}

/// Colours multiplied by alpha as a program would store them.
Sampler multiplied(const Sampler& sample, int channels, int bits) {
  return [=](int x, int y, int c) -> std::uint32_t {
    const std::uint64_t alpha = sample(x, y, channels - 1);
    return c == channels - 1 ? static_cast<std::uint32_t>(alpha)
                             : static_cast<std::uint32_t>((sample(x, y, c) * alpha) / ((1u << bits) - 1));
  };
}

Image shown_multiplied(const Sampler& stored, int channels, int bits) {
  Image image = make_image(width, height);
  const double full = (1u << bits) - 1;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double colour = stored(x, y, channels <= 2 ? 0 : c);
        image.at(x, y)[c] =
            static_cast<std::uint8_t>(std::lround((colour + full - stored(x, y, channels - 1)) * 255 / full));
      }
    }
  }
  return image;
}

Image shown_inks(const Sampler& sample, int bits) {
  Image image = make_image(width, height);
  const auto byte = [&](int x, int y, int c) {
    return (sample(x, y, c) + (bits == 16 ? 128 : 0)) / (bits == 16 ? 257 : 1);
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        image.at(x, y)[c] = static_cast<std::uint8_t>((255 - byte(x, y, 3)) * (255 - byte(x, y, c)) / 255);
      }
    }
  }
  return image;
}

void add_layouts(std::vector<PictureFile>& files, const std::string& name, TiffKind kind, const Sampler& sample,
                 const Image& expected) {
  for (const auto& [packing, told] : {std::pair{COMPRESSION_NONE, ""},
                                      {COMPRESSION_LZW, " LZW"},
                                      {COMPRESSION_ADOBE_DEFLATE, " deflate"},
                                      {COMPRESSION_PACKBITS, " packbits"}}) {
    for (const bool tiled : {false, true}) {
      for (const bool apart : {false, true}) {
        if ((apart && kind.channels == 1) || ((tiled || apart) && packing == COMPRESSION_PACKBITS)) continue;
        kind.packing = packing;
        kind.tiled = tiled;
        kind.apart = apart;
        files.push_back({"tiff " + name + told + (tiled ? " tiles" : "") + (apart ? " planes" : ""),
                         tiff_file(kind, sample), expected});
      }
    }
  }
}

std::vector<PictureFile> tiff_files() {
  std::vector<PictureFile> files;
  for (const int bits : {1, 2, 4, 8, 16}) {
    const Sampler sample = samples_of(bits);
    const std::string told = " " + text(bits) + " bits";
    const Sampler inverse = [=](int x, int y, int c) { return ((1u << bits) - 1) - sample(x, y, c); };
    add_layouts(files, "grey" + told, {.bits = bits, .channels = 1, .photometric = PHOTOMETRIC_MINISBLACK}, sample,
                shown(sample, 1, bits));
    files.push_back({"tiff white is zero" + told,
                     tiff_file({.bits = bits, .channels = 1, .photometric = PHOTOMETRIC_MINISWHITE}, sample),
                     shown(inverse, 1, bits)});
    if (bits <= 8) {
      add_layouts(files, "palette" + told, {.bits = bits, .channels = 1, .photometric = PHOTOMETRIC_PALETTE}, sample,
                  shown_of_palette(sample));
    }
    if (bits < 8) continue;
    add_layouts(files, "RGB" + told, {.bits = bits}, sample, shown(sample, 3, bits));
    add_layouts(files, "CMYK" + told, {.bits = bits, .channels = 4, .photometric = PHOTOMETRIC_SEPARATED}, sample,
                shown_inks(sample, bits));
    add_layouts(files, "RGBA" + told, {.bits = bits, .channels = 4, .alpha = EXTRASAMPLE_UNASSALPHA}, sample,
                shown(sample, 4, bits));
    files.push_back({"tiff RGB and what is no alpha" + told,
                     tiff_file({.bits = bits, .channels = 4, .alpha = EXTRASAMPLE_UNSPECIFIED}, sample),
                     shown(sample, 3, bits)});
    files.push_back(
        {"tiff grey and alpha" + told,
         tiff_file(
             {.bits = bits, .channels = 2, .photometric = PHOTOMETRIC_MINISBLACK, .alpha = EXTRASAMPLE_UNASSALPHA},
             sample),
         shown(sample, 2, bits)});
    const Sampler stored = multiplied(sample, 4, bits);
    files.push_back({"tiff RGBA multiplied" + told,
                     tiff_file({.bits = bits, .channels = 4, .alpha = EXTRASAMPLE_ASSOCALPHA}, stored),
                     shown_multiplied(stored, 4, bits)});
  }
  const Sampler sample = samples_of(8);
  files.push_back(
      {"tiff JPEG", tiff_file({.photometric = PHOTOMETRIC_YCBCR, .packing = COMPRESSION_JPEG}, sample), {}});
  files.push_back({"tiff YCbCr", tiff_file({.photometric = PHOTOMETRIC_YCBCR}, sample), {}});
  files.push_back({"tiff L*a*b*", tiff_file({.photometric = PHOTOMETRIC_CIELAB}, sample), {}});
  files.push_back(
      {"tiff fax",
       tiff_file({.bits = 1, .channels = 1, .photometric = PHOTOMETRIC_MINISWHITE, .packing = COMPRESSION_CCITTFAX4},
                 samples_of(1)),
       shown([](int x, int y, int c) { return 1 - samples_of(1)(x, y, c); }, 1, 1)});
  return files;
}

// --- GIF ---

int append_gif(GifFileType* gif, const GifByteType* from, int size) {
  auto& file = *static_cast<Data*>(gif->UserData);
  file.insert(file.end(), from, from + size);
  return size;
}

std::unique_ptr<ColorMapObject, void (*)(ColorMapObject*)> gif_colours(int bits) {
  std::vector<GifColorType> colours;
  for (std::uint32_t i = 0; i < 1u << bits; ++i) {
    const Colour colour = palette_colour(i);
    colours.push_back({colour[0], colour[1], colour[2]});
  }
  return {GifMakeMapObject(1 << bits, colours.data()), GifFreeMapObject};
}

struct GifFrame {
  int x = 0, y = 0, columns = width, rows = height;
  bool interlaced = false;
  int delay = 7;
  int transparent = NO_TRANSPARENT_COLOR;
  int disposal = DISPOSE_DO_NOT;
  bool own_colours = false;
};

Data gif_file(int bits, const std::vector<GifFrame>& frames) {
  Data file;
  GifFileType* gif = EGifOpen(&file, append_gif, nullptr);
  EGifSetGifVersion(gif, true);
  const auto colours = gif_colours(bits);
  EGifPutScreenDesc(gif, width, height, bits, 0, colours.get());
  for (const GifFrame& frame : frames) {
    const GraphicsControlBlock control{frame.disposal, false, frame.delay, frame.transparent};
    std::array<GifByteType, 4> extension{};
    EGifGCBToExtension(&control, extension.data());
    EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, extension.data());
    EGifPutComment(gif, "a comment");
    EGifPutImageDesc(gif, frame.x, frame.y, frame.columns, frame.rows, frame.interlaced,
                     frame.own_colours ? colours.get() : nullptr);
    std::vector<int> rows;
    for (const auto [start, step] : {std::array{0, 8}, std::array{4, 8}, std::array{2, 4}, std::array{1, 2}}) {
      for (int y = start; y < frame.rows; y += step) rows.push_back(y);
    }
    if (!frame.interlaced) std::sort(rows.begin(), rows.end());
    for (const int y : rows) {
      Data row;
      for (int x = 0; x < frame.columns; ++x) row.push_back(static_cast<std::uint8_t>(samples_of(bits)(x, y, 0)));
      EGifPutLine(gif, row.data(), frame.columns);
    }
  }
  EGifCloseFile(gif, nullptr);
  return file;
}

std::vector<PictureFile> gif_files() {
  std::vector<PictureFile> files;
  for (const int bits : {1, 2, 4, 8}) {
    for (const bool interlaced : {false, true}) {
      files.push_back({"gif " + text(bits) + " bits" + (interlaced ? " interlaced" : ""),
                       gif_file(bits, {{.interlaced = interlaced, .own_colours = bits == 4}}),
                       shown_of_palette(samples_of(bits))});
    }
    files.push_back({"gif " + text(bits) + " bits, one transparent", gif_file(bits, {{.transparent = 1}}),
                     shown_of_palette(samples_of(bits), 1)});
  }
  return files;
}

// --- BMP ---

void put(Data& file, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::uint8_t>(i < 8 ? value >> (8 * i) : 0));
}

struct BmpKind {
  int bits = 24;
  int header = 40;
  int packing = 0;
  bool from_top = false;
  std::vector<std::uint32_t> masks;
  Data pixels;  ///< of runs
};

Data bmp_file(const BmpKind& kind, const Sampler& sample, const Data& profile = {}) {
  const int colours = kind.bits <= 8 ? 1 << kind.bits : 0;
  const int entry = kind.header == 12 ? 3 : 4;
  const int masks = kind.header == 40 ? static_cast<int>(4 * kind.masks.size()) : 0;
  const int begin = 14 + kind.header + masks + colours * entry;
  Data file{'B', 'M'};
  put(file, 0, 8);
  put(file, static_cast<std::uint64_t>(begin), 4);
  put(file, static_cast<std::uint64_t>(kind.header), 4);
  put(file, width, kind.header == 12 ? 2 : 4);
  put(file, static_cast<std::uint64_t>(kind.from_top ? -height : height), kind.header == 12 ? 2 : 4);
  put(file, 1, 2);
  put(file, static_cast<std::uint64_t>(kind.bits), 2);
  if (kind.header >= 40) {
    put(file, static_cast<std::uint64_t>(kind.packing), 4);
    put(file, 0, 12);
    put(file, static_cast<std::uint64_t>(colours), 4);
    put(file, 0, 4);
    for (const std::uint32_t mask : kind.masks) put(file, mask, 4);
    file.resize(static_cast<std::size_t>(14 + kind.header + masks));
  }
  for (int i = 0; i < colours; ++i) {
    const Colour colour = palette_colour(static_cast<std::uint32_t>(i));
    put(file, colour[2] | colour[1] << 8 | colour[0] << 16, entry);
  }
  for (int stored = 0; stored < height && kind.pixels.empty(); ++stored) {
    const int y = kind.from_top ? stored : height - 1 - stored;
    Data row;
    if (kind.bits <= 8) {
      row = packed_row(sample, y, 1, kind.bits, false);
    } else {
      for (int x = 0; x < width; ++x) put(row, sample(x, y, 0), kind.bits / 8);
    }
    row.resize((row.size() + 3) / 4 * 4);
    file.insert(file.end(), row.begin(), row.end());
  }
  file.insert(file.end(), kind.pixels.begin(), kind.pixels.end());
  if (!profile.empty()) {
    const std::size_t place = file.size() - 14;
    file.insert(file.end(), profile.begin(), profile.end());
    for (std::size_t i = 0; i < 4; ++i) {
      file[14 + 56 + i] = static_cast<std::uint8_t>("DEBM"[i]);
      file[14 + 112 + i] = static_cast<std::uint8_t>(place >> (8 * i));
      file[14 + 116 + i] = static_cast<std::uint8_t>(profile.size() >> (8 * i));
    }
  }
  return file;
}

/// A pixel's number with the high bits of each level where masks say.
Sampler masked(const std::vector<std::uint32_t>& masks) {
  return [masks](int x, int y, int) {
    std::uint32_t number = 0;
    for (std::size_t c = 0; c < masks.size(); ++c) {
      const int shift = masks[c] == 0 ? 0 : __builtin_ctz(masks[c]);
      const int bits = __builtin_popcount(masks[c]);
      number |= (static_cast<std::uint32_t>(level(x, y, static_cast<int>(c))) >> (8 - bits)) << shift & masks[c];
    }
    return number;
  };
}

Image shown_masked(const std::vector<std::uint32_t>& masks) {
  const Sampler eight = [masks](int x, int y, int c) -> std::uint32_t {
    const int bits = __builtin_popcount(masks[static_cast<std::size_t>(c)]);
    const double full = (1 << bits) - 1;
    return static_cast<std::uint32_t>(std::lround((level(x, y, c) >> (8 - bits)) * 255 / full));
  };
  return shown(eight, static_cast<int>(masks.size()), 8);
}

/// All rows by runs: encoded runs, runs as they are, and one passed over.
BmpKind bmp_runs(int bits) {
  BmpKind kind{.bits = bits, .packing = bits == 8 ? 1 : 2};
  const auto number = [&](std::uint32_t n) { return static_cast<std::uint8_t>(bits == 8 ? n : n << 4 | n); };
  for (int stored = 0; stored < height; ++stored) {
    if (stored == 2) {  // to the right by 1 and up by 1, in the middle of nothing
      kind.pixels.insert(kind.pixels.end(), {0, 2, 1, 1});
      continue;
    }
    const int done = stored == 3 ? 1 : 0;
    kind.pixels.insert(kind.pixels.end(), {5, number(static_cast<std::uint32_t>(stored + 1))});
    const int rest = width - 5 - done;
    kind.pixels.insert(kind.pixels.end(), {0, static_cast<std::uint8_t>(rest)});
    Data as_it_is((static_cast<std::size_t>(rest * bits) + 15) / 16 * 2);
    for (int i = 0; i < rest; ++i) {
      as_it_is[static_cast<std::size_t>(i * bits / 8)] |=
          static_cast<std::uint8_t>((i % 16) << (8 - bits - i * bits % 8));
    }
    kind.pixels.insert(kind.pixels.end(), as_it_is.begin(), as_it_is.end());
    kind.pixels.insert(kind.pixels.end(), {0, static_cast<std::uint8_t>(stored == height - 1 ? 1 : 0)});
  }
  return kind;
}

Image shown_runs() {
  const Sampler index = [](int x, int y, int) -> std::uint32_t {
    const int stored = height - 1 - y;
    const int done = stored == 3 ? 1 : 0;
    if (stored == 2 || x < done) return 0;
    return static_cast<std::uint32_t>(x - done < 5 ? stored + 1 : (x - done - 5) % 16);
  };
  return shown_of_palette(index);
}

std::vector<PictureFile> bmp_files() {
  std::vector<PictureFile> files;
  for (const bool from_top : {false, true}) {
    const std::string how = from_top ? " from the top" : "";
    for (const int bits : {1, 2, 4, 8}) {
      files.push_back({"bmp " + text(bits) + " bits" + how,
                       bmp_file({.bits = bits, .from_top = from_top}, samples_of(bits)),
                       shown_of_palette(samples_of(bits))});
    }
    const std::vector<std::uint32_t> bytes{0xff0000, 0xff00, 0xff};
    const std::vector<std::uint32_t> five{0x7c00, 0x3e0, 0x1f};
    files.push_back({"bmp 24 bits" + how, bmp_file({.from_top = from_top}, masked(bytes)), shown_masked(bytes)});
    files.push_back(
        {"bmp 32 bits" + how, bmp_file({.bits = 32, .from_top = from_top}, masked(bytes)), shown_masked(bytes)});
    files.push_back(
        {"bmp 16 bits" + how, bmp_file({.bits = 16, .from_top = from_top}, masked(five)), shown_masked(five)});
  }
  const std::vector<std::uint32_t> six{0xf800, 0x7e0, 0x1f};
  files.push_back(
      {"bmp 16 bits of fields", bmp_file({.bits = 16, .packing = 3, .masks = six}, masked(six)), shown_masked(six)});
  const std::vector<std::uint32_t> mixed{0xff, 0xff00, 0xff0000, 0xff000000};
  files.push_back({"bmp 32 bits with alpha",
                   bmp_file({.bits = 32, .header = 108, .packing = 3, .masks = mixed}, masked(mixed)),
                   shown_masked(mixed)});
  files.push_back(
      {"bmp OS/2 8 bits", bmp_file({.bits = 8, .header = 12}, samples_of(8)), shown_of_palette(samples_of(8))});
  files.push_back({"bmp OS/2 24 bits", bmp_file({.header = 12}, masked({0xff0000, 0xff00, 0xff})),
                   shown_masked({0xff0000, 0xff00, 0xff})});
  for (const int bits : {4, 8})
    files.push_back({"bmp runs of " + text(bits) + " bits", bmp_file(bmp_runs(bits), {}), shown_runs()});
  return files;
}

Sampler sampler_of(const Image& image) {
  return [&image](int x, int y, int c) -> std::uint32_t { return image.at(x, y)[c]; };
}

}  // namespace

std::vector<std::uint8_t> exif_of(int orientation) {
  return {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, static_cast<std::uint8_t>(orientation),
          0,   0,   0, 0,  0, 0};
}

std::vector<PictureFile> picture_files(const std::string& format) {
  if (format == "jpeg") return jpeg_files();
  if (format == "png") return png_files();
  if (format == "webp") return webp_files();
  if (format == "tiff") return tiff_files();
  if (format == "gif") return gif_files();
  return bmp_files();
}

std::vector<std::uint8_t> file_with(const std::string& format, const Image& image,
                                    const std::vector<std::uint8_t>& profile, int orientation) {
  const Sampler sample = sampler_of(image);
  if (format == "jpeg") return jpeg_file({}, image.width, image.height, sample, profile, orientation);
  if (format == "png") return png_file({}, sample, profile, orientation);
  if (format == "tiff") return tiff_file({}, sample, profile, orientation);
  if (format == "webp")
    return with_chunks(webp_file(image.rgb, image.width, image.height, 3, true), profile, orientation);
  const Sampler number = [&](int x, int y, int) {
    return static_cast<std::uint32_t>(image.at(x, y)[0] << 16 | image.at(x, y)[1] << 8 | image.at(x, y)[2]);
  };
  return bmp_file({.header = 124}, number, profile);
}

std::vector<std::uint8_t> moving_gif(int frames) {
  std::vector<GifFrame> all{{}};
  const int disposals[] = {DISPOSE_DO_NOT, DISPOSE_BACKGROUND, DISPOSE_PREVIOUS};
  for (int i = 1; i < frames; ++i) {
    all.push_back({.x = i % 5,
                   .y = i % 3,
                   .columns = 4,
                   .rows = 3,
                   .interlaced = i % 2 == 0,
                   .delay = 7,
                   .transparent = i % 2 == 0 ? 1 : NO_TRANSPARENT_COLOR,
                   .disposal = disposals[i % 3],
                   .own_colours = i >= 4 /* giflib leaks where a picture without follows one with */});
  }
  return gif_file(4, all);
}

std::vector<std::uint8_t> striped_gif(int columns, const std::vector<GifStripe>& stripes) {
  Data file;
  GifFileType* gif = EGifOpen(&file, append_gif, nullptr);
  EGifSetGifVersion(gif, true);
  const GifColorType colours[] = {{0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}};
  const std::unique_ptr<ColorMapObject, void (*)(ColorMapObject*)> map(GifMakeMapObject(4, colours), GifFreeMapObject);
  EGifPutScreenDesc(gif, columns, 1, 2, 3, map.get());
  for (const GifStripe& stripe : stripes) {
    const GraphicsControlBlock control{stripe.disposal, false, stripe.delay, stripe.transparent};
    std::array<GifByteType, 4> extension{};
    EGifGCBToExtension(&control, extension.data());
    EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, extension.data());
    EGifPutImageDesc(gif, stripe.x, 0, stripe.columns, 1, false, nullptr);
    Data row(static_cast<std::size_t>(stripe.columns), static_cast<std::uint8_t>(stripe.index));
    EGifPutLine(gif, row.data(), stripe.columns);
  }
  EGifCloseFile(gif, nullptr);
  return file;
}

std::vector<std::uint8_t> moving_webp(int frames) {
  WebPAnimEncoderOptions options;
  WebPAnimEncoderOptionsInit(&options);
  options.allow_mixed = 1;
  WebPAnimEncoder* encoder = WebPAnimEncoderNew(width, height, &options);
  WebPConfig config;
  WebPConfigInit(&config);
  config.lossless = 1;
  for (int i = 0; i < frames; ++i) {
    const Sampler moved = [i](int x, int y, int c) { return samples_of(8)(x + i, y, c); };
    const Data pixels = plain_pixels(moved, 4);
    WebPPicture picture;
    WebPPictureInit(&picture);
    picture.use_argb = 1;
    picture.width = width;
    picture.height = height;
    WebPPictureImportRGBA(&picture, pixels.data(), 4 * width);
    WebPAnimEncoderAdd(encoder, &picture, 40 * i, &config);
    WebPPictureFree(&picture);
  }
  WebPAnimEncoderAdd(encoder, nullptr, 40 * frames, nullptr);
  WebPData assembled;
  WebPAnimEncoderAssemble(encoder, &assembled);
  Data file(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  WebPAnimEncoderDelete(encoder);
  return file;
}

std::vector<std::uint8_t> cmyk_file(const std::string& format, const std::array<std::uint8_t, 4>& stored,
                                    const std::vector<std::uint8_t>& profile) {
  const Sampler sample = [stored](int, int, int c) -> std::uint32_t { return stored[static_cast<std::size_t>(c)]; };
  if (format == "jpeg") return jpeg_file({.components = 4}, width, height, sample, profile);
  return tiff_file({.channels = 4, .photometric = PHOTOMETRIC_SEPARATED}, sample, profile);
}

}  // namespace fovea::test

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <unistd.h>

#include <tiffio.h>

#include "support/pictures/formats.h"

namespace fovea::test::pictures {
namespace {

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

}  // namespace

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

Data tiff_with(const Image& image, const Data& profile, int orientation) {
  return tiff_file({}, sampler_of(image), profile, orientation);
}

Data tiff_of_ink(const std::array<std::uint8_t, 4>& stored, const Data& profile) {
  const Sampler sample = [stored](int, int, int c) -> std::uint32_t { return stored[static_cast<std::size_t>(c)]; };
  return tiff_file({.channels = 4, .photometric = PHOTOMETRIC_SEPARATED}, sample, profile);
}

}  // namespace fovea::test::pictures

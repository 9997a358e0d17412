// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include <png.h>
#include <zlib.h>

#include "support/pictures/formats.h"

namespace fovea::test::pictures {
namespace {

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

}  // namespace

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

Data png_with(const Image& image, const Data& profile, int orientation) {
  return png_file({}, sampler_of(image), profile, orientation);
}

}  // namespace fovea::test::pictures

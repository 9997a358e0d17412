// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include "support/pictures/formats.h"

namespace fovea::test::pictures {
namespace {

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

}  // namespace

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

Data bmp_with(const Image& image, const Data& profile) {
  const Sampler number = [&](int x, int y, int) {
    return static_cast<std::uint32_t>(image.at(x, y)[0] << 16 | image.at(x, y)[1] << 8 | image.at(x, y)[2]);
  };
  return bmp_file({.header = 124}, number, profile);
}

}  // namespace fovea::test::pictures

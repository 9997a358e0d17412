// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>

#include <gif_lib.h>

#include "support/pictures/formats.h"

namespace fovea::test::pictures {
namespace {

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

}  // namespace

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

Data moving_gif(int frames) {
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

Data striped_gif(int columns, const std::vector<GifStripe>& stripes) {
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

}  // namespace fovea::test::pictures

// GIF files by giflib, picture by picture: its reading of whole files at once (DGifSlurp) makes room for whatever
// pictures claim.
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/gif.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>
#include <string>

#include <gif_lib.h>

#include <fovea/error.h>

#include "image/codecs/palette.h"

namespace fovea {
namespace gif_file {  // named, as those that have a member of it are

struct GifSource {
  Bytes bytes;
  std::size_t at = 0;
};

static int read_gif_bytes(GifFileType* gif, GifByteType* to, int size) {
  auto& source = *static_cast<GifSource*>(gif->UserData);
  const std::size_t part = std::min(static_cast<std::size_t>(std::max(size, 0)), source.bytes.size() - source.at);
  if (part > 0) std::memcpy(to, source.bytes.data() + source.at, part);
  source.at += part;
  return static_cast<int>(part);
}

/// A GIF file that is being read; null when its header is damaged.
class OpenGif {
 public:
  explicit OpenGif(Bytes bytes) : source_{.bytes = bytes}, gif_(DGifOpen(&source_, read_gif_bytes, nullptr)) {}
  ~OpenGif() {
    if (gif_ != nullptr) DGifCloseFile(gif_, nullptr);
  }
  OpenGif(const OpenGif&) = delete;
  OpenGif& operator=(const OpenGif&) = delete;
  GifFileType* get() const { return gif_; }

 private:
  GifSource source_;
  GifFileType* gif_;
};

}  // namespace gif_file

namespace {

using gif_file::OpenGif;

/// Goes on to the next picture or the end; nothing when the file is damaged or ends first. Fills in what the picture's
/// graphic control says.
std::optional<GifRecordType> next_gif_picture(GifFileType* gif, GraphicsControlBlock& control) {
  control = {.DisposalMode = DISPOSAL_UNSPECIFIED,
             .UserInputFlag = false,
             .DelayTime = 0,
             .TransparentColor = NO_TRANSPARENT_COLOR};
  GifRecordType type = UNDEFINED_RECORD_TYPE;
  while (DGifGetRecordType(gif, &type) == GIF_OK) {
    if (type == TERMINATE_RECORD_TYPE) return type;
    if (type == IMAGE_DESC_RECORD_TYPE) {
      if (DGifGetImageDesc(gif) != GIF_OK) return std::nullopt;
      return type;
    }
    if (type != EXTENSION_RECORD_TYPE) return std::nullopt;
    int function = 0;
    GifByteType* block = nullptr;
    if (DGifGetExtension(gif, &function, &block) != GIF_OK) return std::nullopt;
    if (function == GRAPHICS_EXT_FUNC_CODE && block != nullptr) DGifExtensionToGCB(block[0], block + 1, &control);
    while (block != nullptr) {
      if (DGifGetExtensionNext(gif, &block) != GIF_OK) return std::nullopt;
    }
  }
  return std::nullopt;
}

/// Tells which row of a picture the n-th stored row is: every 8th, then every 8th from 4, every 4th from 2, the rest.
std::vector<int> gif_rows(int height, bool interlaced) {
  std::vector<int> rows;
  if (!interlaced) {
    for (int y = 0; y < height; ++y) rows.push_back(y);
    return rows;
  }
  for (const auto [start, step] : {std::array{0, 8}, std::array{4, 8}, std::array{2, 4}, std::array{1, 2}}) {
    for (int y = start; y < height; y += step) rows.push_back(y);
  }
  return rows;
}

[[noreturn]] void gif_is_damaged(const Encoded& file) { does_not_decode(file, "it is damaged or ends early"); }

[[noreturn]] void gif_not_written(int error) {
  const char* why = GifErrorString(error);
  throw Error(ErrorKind::internal,
              std::string("encoding a GIF failed: ") + (why != nullptr ? why : "no reason is known"));
}

constexpr Colour white{255, 255, 255};

}  // namespace

GifParts walk_gif(Bytes file) {
  GifParts parts;
  const OpenGif gif(file);
  if (gif.get() == nullptr) return parts;
  GraphicsControlBlock control;
  while (const auto type = next_gif_picture(gif.get(), control)) {
    if (*type == TERMINATE_RECORD_TYPE) {
      parts.whole = !parts.delays.empty();
      return parts;
    }
    int code_size = 0;
    GifByteType* block = nullptr;
    if (DGifGetCode(gif.get(), &code_size, &block) != GIF_OK) return parts;
    while (block != nullptr) {
      if (DGifGetCodeNext(gif.get(), &block) != GIF_OK) return parts;
    }
    parts.delays.push_back(control.DelayTime);
    // What giflib keeps of pictures that went by is not needed.
    GifFreeSavedImages(gif.get());
    gif.get()->SavedImages = nullptr;
    gif.get()->ImageCount = 0;
  }
  return parts;
}

struct GifFrames::Decoder {
  explicit Decoder(const Encoded& encoded)
      : file(encoded),
        gif(file.bytes),
        screen(make_image(static_cast<int>(file.size.width), static_cast<int>(file.size.height), white)) {}

  Encoded file;
  OpenGif gif;
  Image screen;
  Image before;  ///< what a picture that asks for it leaves
  int disposal = DISPOSAL_UNSPECIFIED;
  GifImageDesc last{};  ///< place of the picture that is shown

  void dispose();
  void paint(const GifImageDesc& place, int transparent);
};

/// Clears away what the last picture does not leave.
void GifFrames::Decoder::dispose() {
  if (disposal == DISPOSE_PREVIOUS) screen = std::move(before);
  if (disposal != DISPOSE_BACKGROUND) return;
  // As browsers do: to nothing, and not to the background's colour.
  for (int y = 0; y < last.Height; ++y) {
    std::fill_n(screen.at(last.Left, last.Top + y), 3 * static_cast<std::size_t>(last.Width), std::uint8_t{255});
  }
}

void GifFrames::Decoder::paint(const GifImageDesc& place, int transparent) {
  const ColorMapObject* colours = place.ColorMap != nullptr ? place.ColorMap : gif.get()->SColorMap;
  const int known = colours != nullptr ? colours->ColorCount : 0;
  std::vector<GifPixelType> row(static_cast<std::size_t>(place.Width));
  for (const int y : gif_rows(place.Height, place.Interlace)) {
    if (DGifGetLine(gif.get(), row.data(), place.Width) != GIF_OK) gif_is_damaged(file);
    for (int x = 0; x < place.Width; ++x) {
      const int index = row[static_cast<std::size_t>(x)];
      if (index == transparent || index >= known) continue;
      const GifColorType& colour = colours->Colors[index];
      std::uint8_t* pixel = screen.at(place.Left + x, place.Top + y);
      pixel[0] = colour.Red;
      pixel[1] = colour.Green;
      pixel[2] = colour.Blue;
    }
  }
}

GifFrames::GifFrames(const Encoded& file) {
  constexpr std::int64_t longest_string = 4096;  // that a code of Lempel-Ziv-Welch, over a byte, stands for
  require_filled(file, longest_string);
  decoder_ = std::make_unique<Decoder>(file);
  if (decoder_->gif.get() == nullptr) gif_is_damaged(file);
  require_size(file, decoder_->gif.get()->SWidth, decoder_->gif.get()->SHeight);
}

GifFrames::~GifFrames() = default;

Image GifFrames::next() {
  Decoder& to = *decoder_;
  GraphicsControlBlock control;
  const auto type = next_gif_picture(to.gif.get(), control);
  if (type != IMAGE_DESC_RECORD_TYPE) gif_is_damaged(to.file);
  const GifImageDesc place = to.gif.get()->Image;
  // A picture beyond its screen is damage, and could claim far more memory than the screen's checked size.
  const bool inside = place.Left >= 0 && place.Top >= 0 && place.Width > 0 && place.Height > 0 &&
                      place.Left + place.Width <= to.screen.width && place.Top + place.Height <= to.screen.height;
  if (!inside) does_not_decode(to.file, "a picture of it reaches beyond the screen");
  to.dispose();
  if (control.DisposalMode == DISPOSE_PREVIOUS) to.before = to.screen;
  to.paint(place, control.TransparentColor);
  to.disposal = control.DisposalMode;
  to.last = place;
  to.last.ColorMap = nullptr;
  GifFreeSavedImages(to.gif.get());
  to.gif.get()->SavedImages = nullptr;
  to.gif.get()->ImageCount = 0;
  return to.screen;
}

Decoded decode_gif(const Encoded& file) {
  if (!walk_gif(file.bytes).whole) gif_is_damaged(file);
  Image image = GifFrames(file).next();
  Decoded decoded{.width = image.width, .height = image.height};
  decoded.samples = std::move(image.rgb);
  return decoded;
}

struct GifAnimation::Encoder {
  GifFileType* gif = nullptr;
  std::vector<std::uint8_t> bytes;
  int width = 0;
  int height = 0;

  static int append(GifFileType* gif, const GifByteType* from, int size) noexcept {
    try {
      auto& bytes = static_cast<Encoder*>(gif->UserData)->bytes;
      bytes.insert(bytes.end(), from, from + size);
      return size;
    } catch (const std::bad_alloc&) {
      return 0;
    }
  }
  void require(int done) const {
    if (done != GIF_OK) gif_not_written(gif->Error);
  }
  void repeat_for_ever() const;
};

void GifAnimation::Encoder::repeat_for_ever() const {
  constexpr std::array<std::uint8_t, 3> loop{1, 0, 0};  // sub-block 1; 0 times: for ever
  require(EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE));
  require(EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0"));
  require(EGifPutExtensionBlock(gif, static_cast<int>(loop.size()), loop.data()));
  require(EGifPutExtensionTrailer(gif));
}

GifAnimation::GifAnimation(int width, int height) : encoder_(std::make_unique<Encoder>()) {
  Encoder& to = *encoder_;
  to.width = width;
  to.height = height;
  int error = 0;
  to.gif = EGifOpen(&to, Encoder::append, &error);
  if (to.gif == nullptr) gif_not_written(error);
  EGifSetGifVersion(to.gif, true);
  constexpr int bits = 8;
  to.require(EGifPutScreenDesc(to.gif, width, height, bits, 0, nullptr));
  to.repeat_for_ever();
}

GifAnimation::~GifAnimation() {
  if (encoder_->gif != nullptr) EGifCloseFile(encoder_->gif, nullptr);
}

void GifAnimation::add(const Image& image, int delay) {
  const Encoder& to = *encoder_;
  Indexed indexed = in_few_colours(image);
  // Palettes have a power of two of colours, at least 2.
  const int count = 1 << std::max(1, GifBitSize(static_cast<int>(indexed.palette.size())));
  std::vector<GifColorType> colours(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < indexed.palette.size(); ++i) {
    colours[i] = {indexed.palette[i][0], indexed.palette[i][1], indexed.palette[i][2]};
  }
  const std::unique_ptr<ColorMapObject, void (*)(ColorMapObject*)> map(GifMakeMapObject(count, colours.data()),
                                                                       GifFreeMapObject);
  if (!map) throw std::bad_alloc();
  const GraphicsControlBlock control{.DisposalMode = DISPOSE_DO_NOT,
                                     .UserInputFlag = false,
                                     .DelayTime = delay,
                                     .TransparentColor = NO_TRANSPARENT_COLOR};
  std::array<GifByteType, 4> extension{};
  EGifGCBToExtension(&control, extension.data());
  to.require(EGifPutExtension(to.gif, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(extension.size()), extension.data()));
  to.require(EGifPutImageDesc(to.gif, 0, 0, to.width, to.height, false, map.get()));
  for (int y = 0; y < to.height; ++y) {
    GifPixelType* row = indexed.indices.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(to.width);
    to.require(EGifPutLine(to.gif, row, to.width));
  }
}

std::vector<std::uint8_t> GifAnimation::finish() {
  int error = 0;
  const int done = EGifCloseFile(encoder_->gif, &error);
  encoder_->gif = nullptr;
  if (done != GIF_OK) gif_not_written(error);
  return std::move(encoder_->bytes);
}

}  // namespace fovea

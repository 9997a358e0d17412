// The first picture of a GIF file: blocks as in the GIF89a specification (CompuServe 1990), pixels by its appendix F,
// Lempel-Ziv-Welch with codes of 3 to 12 bits, least significant bit first.
// SPDX-License-Identifier: Apache-2.0
#include "image/gif.h"

#include <array>
#include <vector>

#include "image/dimensions.h"

namespace fovea {
namespace {

constexpr std::uint32_t extension_block = 0x21;
constexpr std::uint32_t image_block = 0x2c;
constexpr std::uint32_t graphic_control = 0xf9;

std::optional<std::uint32_t> u8(Bytes file, std::size_t at) { return number_at(file, at, 1, Endian::little); }
std::uint32_t u16(Bytes file, std::size_t at) { return number_at(file, at, 2, Endian::little).value_or(0); }

/// Joins a chain of data sub-blocks and moves `at` behind its end; nothing when the file ends first.
std::optional<std::vector<std::uint8_t>> join_sub_blocks(Bytes file, std::size_t& at) {
  std::vector<std::uint8_t> data;
  while (const auto size = u8(file, at)) {
    ++at;
    if (*size == 0) return data;
    if (*size > file.size() - at) return std::nullopt;
    for (std::size_t i = 0; i < *size; ++i) data.push_back(std::to_integer<std::uint8_t>(file[at + i]));
    at += *size;
  }
  return std::nullopt;
}

/// Codes of a varying number of bits out of bytes.
class BitReader {
 public:
  explicit BitReader(const std::vector<std::uint8_t>& data) : data_(data) {}
  std::optional<int> next(int bits) {
    while (held_ < bits) {
      if (at_ == data_.size()) return std::nullopt;
      buffer_ |= static_cast<std::uint32_t>(data_[at_++]) << held_;
      held_ += 8;
    }
    const int code = static_cast<int>(buffer_ & ((1u << bits) - 1));
    buffer_ >>= bits;
    held_ -= bits;
    return code;
  }

 private:
  const std::vector<std::uint8_t>& data_;
  std::size_t at_ = 0;
  std::uint32_t buffer_ = 0;
  int held_ = 0;
};

/// The strings of Lempel-Ziv-Welch, each its last byte and the code of what comes before.
class Strings {
 public:
  explicit Strings(int first_free) : first_free_(first_free), size_(first_free) {}
  void clear() { size_ = first_free_; }
  int size() const { return size_; }
  bool full() const { return size_ == static_cast<int>(prefix_.size()); }
  void add(int prefix, std::uint8_t last) {
    prefix_[static_cast<std::size_t>(size_)] = prefix;
    last_[static_cast<std::size_t>(size_)] = last;
    ++size_;
  }
  /// Writes a code's bytes, last first.
  void spell_backwards(int code, std::vector<std::uint8_t>& text) const {
    text.clear();
    for (; code >= first_free_; code = prefix_[static_cast<std::size_t>(code)]) {
      text.push_back(last_[static_cast<std::size_t>(code)]);
    }
    text.push_back(static_cast<std::uint8_t>(code));
  }

 private:
  static constexpr std::size_t most_codes = 4096;
  std::array<int, most_codes> prefix_{};
  std::array<std::uint8_t, most_codes> last_{};
  int first_free_;
  int size_;
};

/// Decodes `count` colour indices; fewer when the data are damaged or end early.
std::vector<std::uint8_t> unpack(const std::vector<std::uint8_t>& data, int root_bits, std::size_t count) {
  constexpr int most_bits = 12;
  const int clear = 1 << root_bits;
  const int end = clear + 1;
  BitReader reader(data);
  Strings strings(end + 1);
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> text;
  int bits = root_bits + 1;
  int previous = -1;
  while (pixels.size() < count) {
    const auto code = reader.next(bits);
    if (!code || *code == end) break;
    if (*code == clear) {
      strings.clear();
      bits = root_bits + 1;
      previous = -1;
      continue;
    }
    if (*code > strings.size() || (*code == strings.size() && previous < 0)) break;
    // A code one past the table is the previous string followed by its own first byte.
    const bool unknown = *code == strings.size();
    strings.spell_backwards(unknown ? previous : *code, text);
    const std::uint8_t first = text.back();
    if (previous >= 0 && !strings.full()) strings.add(previous, first);
    pixels.insert(pixels.end(), text.rbegin(), text.rend());
    if (unknown) pixels.push_back(first);
    previous = *code;
    if (strings.size() == 1 << bits && bits < most_bits) ++bits;
  }
  pixels.resize(std::min(pixels.size(), count));
  return pixels;
}

/// Tells which row of the picture the n-th stored row is: every 8th, then every 8th from 4, every 4th from 2, the rest.
std::vector<int> interlaced_rows(int height) {
  std::vector<int> rows;
  for (const auto [start, step] : {std::array{0, 8}, std::array{4, 8}, std::array{2, 4}, std::array{1, 2}}) {
    for (int y = start; y < height; y += step) rows.push_back(y);
  }
  return rows;
}

/// One picture's place, colours and pixels.
struct Frame {
  int x = 0, y = 0, width = 0, height = 0;
  bool interlaced = false;
  Bytes colours;
  std::optional<std::uint32_t> transparent;
  std::vector<std::uint8_t> indices;
};

/// The colours that follow a flag byte whose top bit says that there are any.
Bytes colour_table(Bytes file, std::size_t at, std::uint32_t flags) {
  const std::size_t size = (flags & 0x80) != 0 ? std::size_t{3} * (2u << (flags & 7)) : 0;
  return at < file.size() ? file.subspan(at, std::min(size, file.size() - at)) : Bytes{};
}

/// Reads the picture whose descriptor's content begins at `at`.
std::optional<Frame> read_frame(Bytes file, std::size_t at, Bytes shared_colours, Dimensions most) {
  constexpr std::uint32_t most_root_bits = 8;
  const auto flags = u8(file, at + 8);
  if (!flags) return std::nullopt;
  Frame frame;
  frame.x = static_cast<int>(u16(file, at));
  frame.y = static_cast<int>(u16(file, at + 2));
  frame.width = static_cast<int>(u16(file, at + 4));
  frame.height = static_cast<int>(u16(file, at + 6));
  // A picture beyond its screen is damage, and could claim far more memory than the screen's checked size.
  if (frame.x + frame.width > most.width || frame.y + frame.height > most.height) return std::nullopt;
  frame.interlaced = (*flags & 0x40) != 0;
  const Bytes own_colours = colour_table(file, at + 9, *flags);
  frame.colours = own_colours.empty() ? shared_colours : own_colours;
  at += 9 + own_colours.size();
  const auto root_bits = u8(file, at++);
  if (!root_bits || *root_bits < 1 || *root_bits > most_root_bits) return std::nullopt;
  const auto data = join_sub_blocks(file, at);
  if (!data) return std::nullopt;
  const std::size_t count = static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height);
  frame.indices = unpack(*data, static_cast<int>(*root_bits), count);
  if (frame.indices.size() < count) return std::nullopt;
  return frame;
}

void paint(Image& screen, const Frame& frame) {
  const std::vector<int> rows = interlaced_rows(frame.height);
  for (int stored = 0; stored < frame.height; ++stored) {
    const int y = frame.interlaced ? rows[static_cast<std::size_t>(stored)] : stored;
    for (int x = 0; x < frame.width; ++x) {
      const std::size_t index = frame.indices[static_cast<std::size_t>(stored) * static_cast<std::size_t>(frame.width) +
                                              static_cast<std::size_t>(x)];
      if (frame.transparent == index || 3 * index + 2 >= frame.colours.size()) continue;
      std::uint8_t* pixel = screen.at(frame.x + x, frame.y + y);
      for (std::size_t c = 0; c < 3; ++c) pixel[c] = std::to_integer<std::uint8_t>(frame.colours[3 * index + c]);
    }
  }
}

}  // namespace

std::optional<Image> decode_gif(Bytes file) {
  constexpr std::size_t header_size = 13;
  const auto size = picture_dimensions(file, PictureFormat::gif);
  const auto flags = u8(file, 10);
  if (!size || !flags) return std::nullopt;
  const Bytes shared_colours = colour_table(file, header_size, *flags);
  std::optional<std::uint32_t> transparent;
  std::size_t at = header_size + shared_colours.size();
  while (const auto block = u8(file, at++)) {
    if (*block == image_block) {
      auto frame = read_frame(file, at, shared_colours, *size);
      if (!frame) return std::nullopt;
      frame->transparent = transparent;
      Image screen = make_image(static_cast<int>(size->width), static_cast<int>(size->height), {255, 255, 255});
      paint(screen, *frame);
      return screen;
    }
    if (*block != extension_block) return std::nullopt;
    const auto label = u8(file, at++);
    const auto data = join_sub_blocks(file, at);
    if (!label || !data) return std::nullopt;
    if (*label == graphic_control && data->size() >= 4 && ((*data)[0] & 1) != 0) transparent = (*data)[3];
  }
  return std::nullopt;
}

}  // namespace fovea

// The texts that say in cards how pictures are resized, e.g. "shortest side 256 (bilinear), centre crop".
// SPDX-License-Identifier: Apache-2.0
#include "load/resize_text.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "core/lower_case.h"

namespace fovea {
namespace {

constexpr int side_of_free_inputs = 256;

/// Reads a text from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  /// Goes past a text when it comes next.
  bool accept(std::string_view text) {
    if (rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  /// Goes past the first of these texts that comes next.
  bool accept_any(std::initializer_list<std::string_view> texts) {
    return std::any_of(texts.begin(), texts.end(), [this](std::string_view text) { return accept(text); });
  }
  /// Reads a side in px; 0 when none comes next.
  int side() {
    int value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{} || value < 1 || value > most_input_side) return 0;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  /// Reads a number with or without decimals; 0 when none comes next.
  double number() {
    double value = 0;
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, std::chars_format::fixed);
    if (error != std::errc{}) return 0;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  bool cross() { return accept_any({" x ", "x"}); }

 private:
  std::string_view rest_;
};

/// "shortest side 256 (bilinear), centre crop 224x224"; the last two parts may be missing.
std::optional<Resize> parse_shortest_side(Reader text) {
  if (!text.accept("shortest side ")) return std::nullopt;
  Resize resize;
  resize.fit = Fit::shortest_side;
  resize.resize_to = text.side();
  text.accept(" (bilinear)");
  if (text.accept_any({", centre crop", ", center crop"}) && text.accept(" ")) {
    resize.width_if_free = text.side();
    resize.height_if_free = text.cross() ? text.side() : resize.width_if_free;
    if (resize.width_if_free == 0 || resize.height_if_free == 0) return std::nullopt;
  }
  return text.at_end() && resize.resize_to > 0 ? std::optional(resize) : std::nullopt;
}

/// "central 87.5 % of the image, resized (bilinear, aspect not kept)"; what follows "resized" is not read.
std::optional<Resize> parse_central_share(Reader text) {
  if (!text.accept("central ")) return std::nullopt;
  Resize resize;
  resize.fit = Fit::central_share;
  resize.central_share = text.number() / 100;
  const bool percent = text.accept_any({" %", "%"});
  text.accept(" of the image");
  const bool known_end = text.at_end() || text.accept_any({", resized", ", stretched"});
  const bool sound = percent && known_end && resize.central_share > 0 && resize.central_share <= 1;
  return sound ? std::optional(resize) : std::nullopt;
}

/// "224x224": width x height.
std::optional<Resize> parse_stretch(Reader text) {
  text.accept("stretched to ");
  Resize resize;
  resize.width_if_free = text.side();
  if (!text.cross()) return std::nullopt;
  resize.height_if_free = text.side();
  const bool sound = text.at_end() && resize.width_if_free > 0 && resize.height_if_free > 0;
  return sound ? std::optional(resize) : std::nullopt;
}

/// "any size divisible by 16", "H and W divisible by 4 (trained at 384)": pictures keep their aspect, at a size that
/// the network's strides divide.
std::optional<Resize> parse_any_size(Reader text) {
  if (!text.accept_any({"any size divisible by ", "h and w divisible by "})) return std::nullopt;
  const int multiple = text.side();
  int wanted = side_of_free_inputs;
  if (text.accept(" (trained at ")) {
    wanted = text.side();
    if (!text.accept(")")) return std::nullopt;
  }
  if (!text.at_end() || multiple == 0 || wanted == 0) return std::nullopt;
  Resize resize;
  resize.fit = Fit::shortest_side;
  resize.width_if_free = (wanted + multiple - 1) / multiple * multiple;
  resize.height_if_free = resize.width_if_free;
  return resize;
}

}  // namespace

std::optional<Resize> parse_resize_text(std::string_view given) {
  const std::string text = lower_case(given);
  for (const auto parse : {parse_shortest_side, parse_central_share, parse_stretch, parse_any_size}) {
    if (const auto resize = parse(Reader(text))) return resize;
  }
  return std::nullopt;
}

}  // namespace fovea

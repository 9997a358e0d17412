// Drawing activations: s = x / max x in inferno where nothing is negative, s = 1/2 + x / (2 max |x|) in blue - grey -
// red elsewhere; small maps are enlarged unit by unit, so that nothing is seen that is not there.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/error.h>
#include <fovea/show.h>

#include "image/page.h"
#include "show/channel_bars.h"
#include "show/values.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr int gap = 8;  // between tiles
constexpr int bars_height = 270;
constexpr Colour dead_ground{205, 205, 205};
constexpr Colour box_colour{86, 180, 233};  // sky blue of Okabe and Ito: seen on inferno's colours and on pictures

/// How numbers become colours.
struct Colouring {
  bool is_signed = false;
  std::string_view colour_map() const { return is_signed ? "diverging" : "inferno"; }

  /// The number that gets the strongest colour, in one channel.
  double scale_of(const ChannelFigures& figures) const {
    return is_signed ? std::max(figures.maximum, -figures.minimum) : figures.maximum;
  }
  /// The same over all channels.
  double scale_of(const ActivationReport& report) const {
    return is_signed ? std::max(report.maximum, -report.minimum) : report.maximum;
  }
  Tensor levels(const Tensor& map, double scale) const {
    if (scale <= 0) return map * 0 + (is_signed ? 0.5 : 0);
    return (is_signed ? map / (2 * scale) + 0.5 : map / scale).clamp(0, 1);
  }
};

/// Enlarges a small map by a whole number of px per unit, shrinks a large one to the room.
Image fitted(const Image& map, int room) {
  const int longer = std::max(map.width, map.height);
  if (longer <= room) {
    const int zoom = room / longer;
    return resize(map, map.width * zoom, map.height * zoom, Interpolation::nearest);
  }
  const double zoom = static_cast<double>(room) / longer;
  return resize(map, std::max(1, static_cast<int>(map.width * zoom)), std::max(1, static_cast<int>(map.height * zoom)),
                Interpolation::area);
}

/// A picture enlarged smoothly, or shrunk, to the room.
Image fitted_picture(const Image& picture, int room) {
  const double zoom = static_cast<double>(room) / std::max(picture.width, picture.height);
  return resize(picture, std::max(1, static_cast<int>(std::lround(picture.width * zoom))),
                std::max(1, static_cast<int>(std::lround(picture.height * zoom))),
                zoom > 1 ? Interpolation::cubic : Interpolation::area);
}

Image over_picture(const Tensor& map, double scale, const Colouring& colouring, const ActivationPicture& picture) {
  const Image& seen = *picture.over;
  const Tensor laid = lay_over(map, picture.field, seen.width, seen.height);
  return overlay(seen, colouring.levels(laid, scale), colouring.colour_map());
}

Figure tile_of(const Tensor& map, double scale, const Colouring& colouring, const ActivationPicture& picture,
               int room) {
  if (picture.over != nullptr) return fitted_picture(over_picture(map, scale, colouring, picture), room);
  return fitted(colourise(colouring.levels(map, scale), colouring.colour_map()), room);
}

/// Words what stands behind a map's channel.
std::string range_text(const ChannelFigures& figures, const Colouring& colouring) {
  if (figures.dead) return "all zero";
  if (!colouring.is_signed) return "max " + brief(figures.maximum);
  return brief(figures.minimum, 2) + " to " + brief(figures.maximum, 2);
}

void draw_label(Figure& strip, int x, int y, int room, std::int64_t channel, const std::string& range) {
  const int width = draw_text(strip, x, y, std::to_string(channel), small_text_height, ink) + 9;
  draw_text(strip, x + width, y, shortened_to(range, room - width, small_text_height), small_text_height, soft_ink);
}

int columns_for(std::size_t maps) { return maps <= 4 ? 4 : maps <= 18 ? 6 : 8; }

Figure grid_strip(const Tensor& channels, const ActivationReport& report, const ActivationPicture& picture,
                  const std::vector<std::int64_t>& shown) {
  const Colouring colouring{report.is_signed()};
  const int columns = columns_for(shown.size());
  const int room = (content_width - (columns - 1) * gap) / columns;
  std::vector<Figure> tiles;
  int tallest = 1;
  for (const std::int64_t channel : shown) {
    const ChannelFigures& figures = report.channels[static_cast<std::size_t>(channel)];
    const double scale = picture.common_scale ? colouring.scale_of(report) : colouring.scale_of(figures);
    tiles.push_back(tile_of(channels[channel], scale, colouring, picture, room));
    if (figures.dead && picture.over == nullptr)
      fill_box(tiles.back(), 0, 0, tiles.back().width, tiles.back().height, dead_ground);
    tallest = std::max(tallest, tiles.back().height);
  }
  const int pitch = tallest + 3 + small_text_height + gap;
  const int rows =
      static_cast<int>((shown.size() + static_cast<std::size_t>(columns) - 1) / static_cast<std::size_t>(columns));
  Figure strip(content_width, std::max(1, rows * pitch - gap), white);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const int x = static_cast<int>(i) % columns * (room + gap);
    const int y = static_cast<int>(i) / columns * pitch;
    paste(strip, tiles[i], x, y);
    const ChannelFigures& figures = report.channels[static_cast<std::size_t>(shown[i])];
    draw_label(strip, x, y + tallest + 3, room + gap / 2, shown[i], range_text(figures, colouring));
  }
  return strip;
}

/// The colours and what they mean, beside each other.
Figure key_strip(const Colouring& colouring, const std::string& low, const std::string& high,
                 const std::string& words) {
  constexpr int bar_width = 300;
  const Figure bar = colour_bar(colouring.colour_map(), bar_width, low, high, colouring.is_signed ? "0" : "");
  const Figure text = text_strip({words}, small_text_height, soft_ink, false, content_width - bar_width - margin);
  Figure strip(content_width, std::max(bar.height, text.height), white);
  paste(strip, bar, 0, 0);
  paste(strip, text, bar_width + margin, 0);
  return strip;
}

Figure grid_key(const ActivationReport& report, const ActivationPicture& picture, std::size_t shown) {
  const Colouring colouring{report.is_signed()};
  std::string words =
      picture.common_scale ? "All maps on one scale; under each the number of its channel and its " +
                                 std::string(colouring.is_signed ? "range." : "maximum.")
      : colouring.is_signed
          ? "Each map on its own scale about 0; under it the number of its channel, its minimum and maximum."
          : "Each map on its own scale; under it the number of its channel and its maximum.";
  if (picture.over != nullptr) words += " Laid over the picture where the units look.";
  const std::size_t left_out = report.channels.size() - shown;
  words += picture.order == ChannelOrder::strength ? " The strongest maxima first" : " In the order of their numbers";
  words += left_out > 0
               ? ", " + std::to_string(left_out) + " of " + std::to_string(report.channels.size()) + " maps left out."
               : ".";
  const std::string scale = brief(colouring.scale_of(report));
  const std::string high = picture.common_scale ? scale : colouring.is_signed ? "largest |x|" : "its maximum";
  const std::string low = !colouring.is_signed ? "0" : picture.common_scale ? "-" + scale : "-largest |x|";
  return key_strip(colouring, low, high, words);
}

Figure bars_strip(const ActivationReport& report, const ActivationPicture& picture) {
  std::vector<double> totals;
  for (const ChannelFigures& figures : report.channels) totals.push_back(figures.total);
  const std::string title = report.has_positions()
                                ? "Total of every channel: its sum over " + std::to_string(report.shape[1]) + " x " +
                                      std::to_string(report.shape[2]) + " positions"
                                : "The activation of every channel (the value has no positions)";
  return channel_bars(totals, picture.names, title, content_width, bars_height);
}

void require_channel(const ActivationReport& report, std::int64_t channel) {
  if (!report.has_positions()) {
    throw Error(ErrorKind::usage, "a value without positions has no map to draw large",
                "name another value, such as a convolution's");
  }
  const auto count = static_cast<std::int64_t>(report.channels.size());
  if (channel >= 0 && channel < count) return;
  throw Error(ErrorKind::usage,
              "there is no channel " + std::to_string(channel) + ": the value has " + std::to_string(count),
              "channels are numbered 0.." + std::to_string(count - 1));
}

/// Draws the box of the input in a picture that is `zoom` times as large.
void draw_box(Figure& image, const Region& box, double zoom) {
  if (box.empty || box.extents.size() != 2) return;
  const auto px = [&](std::int64_t place) { return static_cast<int>(std::lround(static_cast<double>(place) * zoom)); };
  outline_box(image, px(box.extents[1].begin), px(box.extents[0].begin), px(box.extents[1].end), px(box.extents[0].end),
              box_colour, 3);
}

/// One map laid over the picture, if there is one, and alone, side by side.
Figure panels_strip(const Tensor& map, double scale, const Colouring& colouring, const ActivationPicture& picture,
                    const Region& box) {
  constexpr int panel = (content_width - margin) / 2;
  const Image alone = fitted(colourise(colouring.levels(map, scale), colouring.colour_map()), panel);
  Figure large;
  if (picture.over != nullptr) {
    large = fitted_picture(over_picture(map, scale, colouring, picture), panel);
    draw_box(large, box, static_cast<double>(large.width) / picture.over->width);
  }
  Figure strip(content_width, std::max(large.height, alone.height), white);
  paste(strip, large, 0, 0);
  paste(strip, alone, large.width > 0 ? panel + margin : 0, 0);
  return strip;
}

std::string channel_words(const ActivationReport& report, std::int64_t channel, const ActivationPicture& picture,
                          bool boxed) {
  const ChannelFigures& figures = report.channels[static_cast<std::size_t>(channel)];
  std::string words = "Channel " + named_channel(channel, picture.names) + ": " +
                      (report.is_signed() ? "from " + brief(figures.minimum) + " to " : "up to ") +
                      brief(figures.maximum) + ", " + brief(100 * figures.zeros) +
                      " % of its units are zero; strongest at row " + std::to_string(figures.peak[0]) + ", column " +
                      std::to_string(figures.peak[1]) + ".";
  if (picture.over == nullptr) return words;
  words += " Left: laid over the picture where the units look";
  words += boxed ? ", the receptive field of the strongest unit as a box. " : ". ";
  return words + "Right: the map itself, " + std::to_string(report.shape[1]) + " x " + std::to_string(report.shape[2]) +
         " units.";
}

}  // namespace

Figure draw_activations(const Tensor& value, const ActivationReport& report, const ActivationPicture& picture) {
  const Tensor channels = channels_of(value);
  std::vector<Figure> strips;
  if (!picture.title.empty()) strips.push_back(title_strip(picture.title));
  if (report.has_positions()) {
    std::vector<std::int64_t> shown = ordered_channels(report, picture.order);
    if (static_cast<std::int64_t>(shown.size()) > picture.most) shown.resize(static_cast<std::size_t>(picture.most));
    strips.push_back(grid_key(report, picture, shown.size()));
    strips.push_back(grid_strip(channels, report, picture, shown));
  }
  strips.push_back(bars_strip(report, picture));
  strips.push_back(text_strip(report.verdict, text_height, ink, true));
  return page_of(strips);
}

Figure draw_activation(const Tensor& value, const ActivationReport& report, std::int64_t channel,
                       const ActivationPicture& picture, const Region& box) {
  require_channel(report, channel);
  const Tensor map = channels_of(value)[channel];
  const Colouring colouring{report.is_signed()};
  const ChannelFigures& figures = report.channels[static_cast<std::size_t>(channel)];
  const double scale = picture.common_scale ? colouring.scale_of(report) : colouring.scale_of(figures);
  const std::string high = brief(scale);
  std::vector<Figure> strips;
  if (!picture.title.empty()) strips.push_back(title_strip(picture.title));
  strips.push_back(key_strip(colouring, colouring.is_signed ? "-" + high : "0", high,
                             channel_words(report, channel, picture, !box.empty)));
  strips.push_back(panels_strip(map, scale, colouring, picture, box));
  return page_of(strips);
}

}  // namespace fovea

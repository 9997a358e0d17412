// Pictures of ablations: pairs of bars, and what a layer switches on for each class.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fovea/ablate.h>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr Colour before_colour{170, 170, 170};
constexpr Colour after_colour{0, 114, 178};
constexpr int label_width = 230;
constexpr int told_width = 200;
constexpr int bar_height = 9;

Figure bar_legend(const std::array<std::string, 2>& names) {
  Figure strip(content_width, text_height + 2, white);
  int x = label_width;
  const std::array<Colour, 2> colours{before_colour, after_colour};
  for (std::size_t i = 0; i < 2; ++i) {
    fill_box(strip, x, 3, x + 16, 14, colours[i]);
    x = x + 22 + draw_text(strip, x + 22, 0, names[i], small_text_height, ink) + 40;
  }
  return strip;
}

/// One pair of bars, `row` px high, to a scale whose end is `most`.
Figure bar_row(const BeforeAfter& pair, double most, bool before_bars) {
  const int height = before_bars ? 2 * bar_height + 8 : bar_height + 10;
  Figure strip(content_width, height, white);
  const int length = content_width - label_width - told_width;
  const auto end_of = [&](double value) {
    return label_width + std::max(1, static_cast<int>(std::lround(std::clamp(value / most, 0.0, 1.0) * length)));
  };
  const int text_top = (height - small_text_height) / 2 - 1;
  draw_flush_right(strip, label_width - 12, text_top, shortened_to(pair.label, label_width - 16, small_text_height),
                   small_text_height, ink);
  fill_box(strip, label_width, 0, label_width + length, height - 1, {246, 246, 246});
  if (before_bars) fill_box(strip, label_width, 2, end_of(pair.before), 2 + bar_height, before_colour);
  const int top = before_bars ? 3 + bar_height : 4;
  fill_box(strip, label_width, top, end_of(pair.after), top + bar_height, after_colour);
  draw_text(strip, content_width - told_width + 14, text_top, pair.told, small_text_height, ink);
  return strip;
}

Figure stacked(const std::vector<Figure>& strips) {
  int height = 0;
  for (const Figure& strip : strips) height += strip.height;
  Figure all(content_width, std::max(height, 1), white);
  int y = 0;
  for (const Figure& strip : strips) {
    paste(all, strip, 0, y);
    y += strip.height;
  }
  return all;
}

/// Channels that tell classes apart: for each class in turn the one that exceeds the mean over classes most.
std::vector<std::int64_t> telling_channels(const Tensor& by_channel, std::size_t most) {
  const Tensor excess = by_channel - by_channel.mean(0, true);
  const Tensor order = excess.argsort(1, true);
  std::vector<std::int64_t> channels;
  for (std::int64_t rank = 0; rank < order.size(1) && channels.size() < most; ++rank) {
    for (std::int64_t c = 0; c < order.size(0) && channels.size() < most; ++c) {
      const auto channel = order[c][rank].item<std::int64_t>();
      if (std::find(channels.begin(), channels.end(), channel) == channels.end()) channels.push_back(channel);
    }
  }
  return channels;
}

/// The table of shades: rows are classes, columns channels; black is the channel's largest.
Figure shade_strip(const LayerActivation& activation, const std::vector<std::string>& labels) {
  constexpr std::size_t most_channels = 28;
  constexpr int row_height = 22;
  const std::vector<std::int64_t> channels = telling_channels(activation.by_channel, most_channels);
  const auto rows = static_cast<int>(labels.size());
  const int cell = (content_width - label_width) / static_cast<int>(std::max<std::size_t>(channels.size(), 1));
  const int width = std::min(cell, 48);
  Figure strip(content_width, rows * row_height + small_text_height + 6, white);
  for (int c = 0; c < rows; ++c) {
    draw_flush_right(strip, label_width - 12, c * row_height + 3,
                     shortened_to(labels[static_cast<std::size_t>(c)], label_width - 16, small_text_height),
                     small_text_height, ink);
  }
  for (std::size_t k = 0; k < channels.size(); ++k) {
    const Tensor column = activation.by_channel.select(1, channels[k]);
    const double most = std::max(column.max().item<double>(), 1e-300);
    const int x = label_width + static_cast<int>(k) * width;
    for (int c = 0; c < rows; ++c) {
      fill_box(strip, x, c * row_height, x + width - 2, (c + 1) * row_height - 2,
               colour_of("viridis", column[c].item<double>() / most));
    }
    draw_centred(strip, x + width / 2.0 - 1, rows * row_height + 3, std::to_string(channels[k]), small_text_height - 2,
                 soft_ink);
  }
  return strip;
}

}  // namespace

Figure draw_before_after(const std::vector<BeforeAfter>& rows, std::string_view title,
                         const std::vector<std::string>& notes, const std::array<std::string, 2>& names,
                         bool before_bars) {
  double most = 0;
  for (const BeforeAfter& row : rows) most = std::max({most, before_bars ? row.before : 0, row.after});
  if (most <= 1 && before_bars) most = 1;
  std::vector<Figure> strips{title_strip(title)};
  if (before_bars) strips.push_back(bar_legend(names));
  std::vector<Figure> bars;
  for (const BeforeAfter& row : rows) bars.push_back(bar_row(row, most > 0 ? most : 1, before_bars));
  strips.push_back(stacked(bars));
  if (!notes.empty()) strips.push_back(text_strip(notes, small_text_height, soft_ink));
  return page_of(strips);
}

Figure draw_layer_activation(const LayerActivation& activation, const std::vector<std::string>& labels,
                             std::string_view title) {
  std::vector<Figure> strips{title_strip(title)};
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto total = [&](std::size_t c) { return activation.total[static_cast<std::int64_t>(c)].item<double>(); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return total(a) > total(b); });
  const double most = std::max(activation.total.max().item<double>(), 1e-300);
  std::vector<Figure> bars;
  for (const std::size_t c : order) {
    bars.push_back(bar_row({.label = labels[c], .after = total(c), .told = brief(total(c), 4)}, most, false));
  }
  strips.push_back(stacked(bars));
  strips.push_back(text_strip({"Bars: the mean over a class's pictures of all positive activation of the layer."},
                              small_text_height, soft_ink));
  strips.push_back(
      text_strip({"Channels that tell classes apart"}, text_height, ink, false, content_width, Weight::bold));
  strips.push_back(shade_strip(activation, labels));
  strips.push_back(
      text_strip({"Each column is a channel (its number below), each row a class: yellow where the channel "
                  "is most active, dark where it is not. All channels are in the .csv."},
                 small_text_height, soft_ink));
  return page_of(strips);
}

}  // namespace fovea

// Bars over the numbers of channels, between round numbers.
// SPDX-License-Identifier: Apache-2.0
#include "show/channel_bars.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "image/page.h"
#include "show/values.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr Colour usual{49, 104, 163};  // blue
constexpr Colour strong{213, 94, 0};   // vermilion of Okabe and Ito: told apart from blue by everybody
constexpr std::size_t most_named_bars = 8;

/// Where the bars lie and what heights mean.
struct Frame {
  int left, top, right, bottom;
  double low, high, step;
  std::size_t channels;

  int y(double value) const {
    return bottom - static_cast<int>(std::lround((value - low) / (high - low) * (bottom - top)));
  }
  double x(double channel) const { return left + channel / static_cast<double>(channels) * (right - left); }
  double middle(std::size_t channel) const { return x(static_cast<double>(channel) + 0.5); }
};

std::vector<std::size_t> strongest(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  order.resize(std::min(most_named_bars, order.size()));
  std::erase_if(order, [&](std::size_t channel) { return values[channel] == 0; });
  return order;
}

Frame frame_of(const std::vector<double>& values, int right, int height) {
  constexpr int wanted = 4;
  constexpr int above = text_height + 2 * small_text_height + 22;  // title, and two lines of numbers
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  Frame frame{.left = 0,
              .top = above,
              .right = right,
              .bottom = height - 2 * small_text_height - 12,
              .low = std::min(0.0, *least),
              .high = std::max(0.0, *most),
              .step = 1,
              .channels = values.size()};
  if (frame.high == frame.low) frame.high = 1;
  frame.step = round_step(frame.high - frame.low, wanted);
  frame.low = std::floor(frame.low / frame.step + 1e-9) * frame.step;
  frame.high = std::ceil(frame.high / frame.step - 1e-9) * frame.step;
  for (const double end : {frame.low, frame.high})
    frame.left = std::max(frame.left, text_width(brief(end, 6), small_text_height) + 10);
  return frame;
}

void draw_axes(Figure& image, const Frame& frame) {
  const auto lines = static_cast<int>(std::lround((frame.high - frame.low) / frame.step));
  for (int i = 0; i <= lines; ++i) {
    const double value = frame.low + i * frame.step;
    const int y = frame.y(value);
    fill_box(image, frame.left, y, frame.right, y + 1, faint);
    const double shown = std::abs(value) < frame.step / 2 ? 0 : value;
    draw_flush_right(image, frame.left - 8, y - small_text_height / 2, brief(shown, 6), small_text_height, ink);
  }
  const auto count = static_cast<double>(frame.channels);
  const double step = std::max(1.0, round_step(count, 10));
  for (double channel = 0; channel < count; channel += step) {
    const double x = frame.middle(static_cast<std::size_t>(channel));
    draw_line(image, x, frame.bottom, x, frame.bottom + 4, ink);
    draw_centred(image, x, frame.bottom + 6, brief(channel, 6), small_text_height, ink);
  }
  draw_centred(image, (frame.left + frame.right) / 2.0, frame.bottom + 8 + small_text_height, "number of the channel",
               small_text_height, soft_ink);
}

void draw_bar(Figure& image, const Frame& frame, std::size_t channel, double value, Colour colour) {
  const double side = 0.4 * (frame.right - frame.left) / static_cast<double>(frame.channels);
  const double middle = frame.middle(channel);
  const int left = static_cast<int>(std::lround(middle - side));
  const int right = std::max(left + 1, static_cast<int>(std::lround(middle + side)));
  const int from = frame.y(0);
  const int to = frame.y(value);
  fill_box(image, left, std::min(from, to), right, std::max(from, to), colour);
}

/// A place that is taken by text.
struct Taken {
  int left, top, right;
};

/// Writes the strongest channels' numbers above their bars, a line higher where they would touch another; none that a
/// taller bar would cross, for the list beside names it.
void draw_numbers(Figure& image, const Frame& frame, const std::vector<double>& values,
                  const std::vector<std::size_t>& named) {
  constexpr int line = small_text_height + 1;
  std::vector<Taken> taken;
  for (std::size_t rank = 0; rank < named.size(); ++rank) {
    const double middle = frame.middle(named[rank]);
    const std::string number = std::to_string(named[rank]);
    const int width = text_width(number, small_text_height);
    const int left = static_cast<int>(middle) - width / 2;
    int top = frame.y(std::max(0.0, values[named[rank]])) - line;
    const auto touches = [&](const Taken& other) {
      return left < other.right + 4 && other.left < left + width + 4 && std::abs(top - other.top) < line;
    };
    const auto crosses = [&](std::size_t taller) { return std::abs(frame.middle(taller) - middle) < width / 2.0 + 1; };
    const auto taller = named.begin() + static_cast<std::ptrdiff_t>(rank);
    if (std::any_of(named.begin(), taller, crosses)) continue;
    if (std::any_of(taken.begin(), taken.end(), touches)) top -= line;
    if (std::any_of(taken.begin(), taken.end(), touches)) continue;
    taken.push_back({left, top, left + width});
    draw_text(image, left, top, number, small_text_height, strong);
  }
}

void draw_list(Figure& image, int left, int top, const std::vector<double>& values,
               const std::vector<std::string>& names, const std::vector<std::size_t>& named) {
  constexpr int line = small_text_height + 5;
  draw_text(image, left, top, named.empty() ? "all zero" : "the largest", small_text_height, soft_ink);
  for (std::size_t i = 0; i < named.size(); ++i) {
    const int y = top + static_cast<int>(i + 1) * line;
    const std::string number = brief(values[named[i]], 4);
    draw_flush_right(image, image.width, y, number, small_text_height, ink);
    const int room = image.width - left - text_width(number, small_text_height) - 12;
    const std::string name = named_channel(static_cast<std::int64_t>(named[i]), names);
    draw_text(image, left, y, shortened_to(name, room, small_text_height), small_text_height, strong);
  }
}

}  // namespace

Figure channel_bars(const std::vector<double>& values, const std::vector<std::string>& names, const std::string& title,
                    int width, int height) {
  Figure image(width, height, white);
  draw_text(image, 0, 0, title, text_height, ink, Weight::bold);
  if (values.empty()) return image;
  const int list_width = names.empty() ? 150 : 280;
  const Frame frame = frame_of(values, width - list_width - 24, height);
  const std::vector<std::size_t> named = strongest(values);
  draw_axes(image, frame);
  for (std::size_t channel = 0; channel < values.size(); ++channel)
    draw_bar(image, frame, channel, values[channel], usual);
  for (const std::size_t channel : named) draw_bar(image, frame, channel, values[channel], strong);
  fill_box(image, frame.left, frame.y(0), frame.right, frame.y(0) + 1, ink);
  draw_numbers(image, frame, values, named);
  draw_list(image, width - list_width, text_height + 12, values, names, named);
  return image;
}

}  // namespace fovea

// The picture of a correspondence experiment: masked examples as in Zeiler and Fergus's figure 8, the numbers of their
// table 1 as bars.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fovea/correspondence.h>
#include <fovea/plot.h>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr Colour part_colour{0, 114, 178};
constexpr Colour random_colour{160, 160, 160};
constexpr int part_label_width = 130;
constexpr int chart_width = 380;
constexpr std::size_t most_shown = 5;  // pictures
constexpr int part_bar_height = 12;
constexpr int value_height = small_text_height + 2 * part_bar_height + 14;

double largest(std::span<const PartDelta> rows) {
  double most = 1e-9;
  for (const PartDelta& row : rows) {
    most = std::max({most, row.masked.mean + row.masked.deviation, row.random.mean + row.random.deviation});
  }
  return most;
}

/// One bar from 0 with the deviation as a whisker and the mean in digits.
void draw_bar(Figure& image, int x, int y, int length, const Delta& delta, double most, Colour colour) {
  const auto at = [&](double value) { return x + static_cast<int>(std::lround(value / most * length)); };
  fill_box(image, x, y, std::max(at(delta.mean), x + 1), y + part_bar_height, colour);
  const double middle = y + part_bar_height / 2.0;
  draw_line(image, at(std::max(0.0, delta.mean - delta.deviation)), middle, at(delta.mean + delta.deviation), middle,
            ink);
  char digits[24];
  std::snprintf(digits, sizeof digits, "%.3f", delta.mean);
  draw_text(image, x + length + 8, y - 1, digits, small_text_height - 1, colour == part_colour ? ink : soft_ink);
}

/// The bars of one part: for each value the part's and its control's.
void draw_chart(Figure& image, int x, int y, const Correspondence& result, const std::string& part, double most) {
  constexpr int digits_width = 56;
  for (const PartDelta& row : result.rows) {
    if (row.part != part) continue;
    char text[80];
    std::snprintf(text, sizeof text, "smaller than %.0f %% of random", 100 * row.below);
    const std::string name = shortened_to(row.value, 130, small_text_height);
    draw_text(image, x, y, name, small_text_height, ink);
    draw_flush_right(image, x + chart_width - 8, y, text, small_text_height - 1, soft_ink);
    draw_bar(image, x, y + small_text_height + 4, chart_width - digits_width - 8, row.masked, most, part_colour);
    draw_bar(image, x, y + small_text_height + 5 + part_bar_height, chart_width - digits_width - 8, row.random, most,
             random_colour);
    y += value_height;
  }
}

void draw_row(Figure& image, const std::vector<Image>& pictures, int x, int y, int side) {
  for (std::size_t i = 0; i < std::min(pictures.size(), most_shown); ++i) {
    paste(image, resize(pictures[i], side - 6, side - 6, Interpolation::area), x + static_cast<int>(i) * side, y);
  }
}

void draw_label(Figure& image, const std::string& label, int x, int y) {
  draw_text(image, x, y, shortened_to(label, part_label_width - 8, text_height), text_height, ink);
}

Figure legend() {
  Figure strip(content_width, text_height + 2, white);
  int x = content_width - chart_width;
  fill_box(strip, x, 4, x + 14, 4 + part_bar_height, part_colour);
  draw_text(strip, x + 20, 0, "this part", small_text_height, ink);
  x += 120;
  fill_box(strip, x, 4, x + 14, 4 + part_bar_height, random_colour);
  draw_text(strip, x + 20, 0, "random masks of its shape", small_text_height, ink);
  return strip;
}

/// One value's scatter: control to the right, part upwards.
Figure scatter(std::span<const PartDelta> rows, const CorrespondenceSummary& summary, int side) {
  constexpr int left = 56;
  constexpr int below = 48;
  constexpr int above = 52;
  Figure image(side, side, white);
  double most = 0;
  for (const PartDelta& row : rows) {
    if (row.value == summary.value) most = std::max({most, row.masked.mean, row.random.mean});
  }
  const double step = round_step(std::max(most, 1e-6) * 1.05, 4);
  const double span = std::ceil(most * 1.05 / step) * step;
  const int length = std::min(side - left - 12, side - above - below);
  const auto x_of = [&](double value) { return left + value / span * length; };
  const auto y_of = [&](double value) { return above + length - value / span * length; };
  char text[120];
  std::snprintf(text, sizeof text, "parts %.3f, random %.3f; %lld of %lld below", summary.masked, summary.random,
                static_cast<long long>(summary.below), static_cast<long long>(summary.parts));
  draw_text(image, 0, 0, shortened_to(summary.value, side - 8, text_height, Weight::bold), text_height, ink,
            Weight::bold);
  draw_text(image, 0, text_height + 4, text, small_text_height, soft_ink);
  for (double tick = 0; tick <= span * 1.001; tick += step) {
    draw_line(image, x_of(tick), y_of(0), x_of(tick), y_of(span), faint);
    draw_line(image, x_of(0), y_of(tick), x_of(span), y_of(tick), faint);
    draw_centred(image, x_of(tick), above + length + 6, brief(tick), small_text_height, ink);
    draw_flush_right(image, left - 6, static_cast<int>(y_of(tick)) - small_text_height / 2, brief(tick),
                     small_text_height, ink);
  }
  draw_line(image, x_of(0), y_of(0), x_of(span), y_of(span), soft_ink);
  for (const PartDelta& row : rows) {
    if (row.value == summary.value) draw_disc(image, x_of(row.random.mean), y_of(row.masked.mean), 4, part_colour);
  }
  draw_centred(image, left + length / 2.0, above + length + 10 + small_text_height, "distance under random masks",
               small_text_height, soft_ink);
  return image;
}

}  // namespace

Figure draw_correspondence(const Correspondence& result, std::string_view title) {
  const auto shown = static_cast<int>(std::min(result.pictures.size(), most_shown));
  const int side = std::min(118, (content_width - part_label_width - chart_width - 12) / std::max(shown, 1));
  const auto values = static_cast<int>(result.values.size());
  const int row_height = std::max(side, values * value_height) + 10;
  const int chart = content_width - chart_width;
  std::vector<Figure> strips{title_strip(title), legend()};
  const auto row_of = [&](const std::string& label, const std::vector<Image>& pictures, int height) {
    Figure strip(content_width, height, white);
    draw_label(strip, label, 0, side / 2 - text_height / 2);
    draw_row(strip, pictures, part_label_width, 0, side);
    return strip;
  };
  strips.push_back(row_of("as they are", result.pictures, side));
  const double most = largest(result.rows);
  for (std::size_t p = 0; p < result.parts.size(); ++p) {
    strips.push_back(row_of(result.parts[p], result.masked[p], row_height));
    draw_chart(strips.back(), chart, 0, result, result.parts[p], most);
  }
  strips.push_back(row_of("random", result.random, side));
  strips.push_back(text_strip(
      {"Bars: how unlike masking changes the features of two pictures, the share of dimensions in which the signs of "
       "the "
       "changes differ (mean over pairs; the line is their standard deviation). Shorter than random: the network "
       "relates "
       "the part of one picture to that of the others. The last row shows one random mask per picture, of the first "
       "part's shape."},
      small_text_height, soft_ink));
  return page_of(strips);
}

Figure draw_correspondence_summary(std::span<const PartDelta> rows, std::string_view title) {
  constexpr int columns = 3;
  constexpr int side = content_width / columns;
  const std::vector<CorrespondenceSummary> summaries = summarise(rows);
  std::vector<Figure> strips{title_strip(title)};
  for (std::size_t i = 0; i < summaries.size(); i += columns) {
    Figure strip(content_width, side, white);
    for (std::size_t k = i; k < std::min(summaries.size(), i + columns); ++k) {
      paste(strip, scatter(rows, summaries[k], side), static_cast<int>(k - i) * side, 0);
    }
    strips.push_back(std::move(strip));
  }
  strips.push_back(text_strip({"A dot is a part of a class: upwards how unlike masking it changes the features of two "
                               "pictures, to the right the same of random masks of its shape. Below the line: the "
                               "network relates the part of one picture to that of the others."},
                              small_text_height, soft_ink));
  return page_of(strips);
}

}  // namespace fovea

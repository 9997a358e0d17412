// Parts of pages; text broken into lines by its measured width.
// SPDX-License-Identifier: Apache-2.0
#include "image/page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "image/graphemes.h"

namespace fovea {
namespace {

using namespace page_style;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

/// Returns how many leading graphemes fit into a width.
std::size_t fitting(std::string_view text, const std::vector<std::size_t>& ends, int width, int height, Weight weight) {
  std::size_t fits = 0;
  std::size_t too_many = ends.size() + 1;
  while (fits + 1 < too_many) {
    const std::size_t middle = fits + (too_many - fits) / 2;
    (text_width(text.substr(0, ends[middle - 1]), height, weight) <= width ? fits : too_many) = middle;
  }
  return fits;
}

/// Tells whether a line may end before a byte of a text.
bool may_break(std::string_view text, std::size_t at) {
  return text[at] == ' ' || text[at - 1] == ' ' || text[at - 1] == '/' || text[at - 1] == '_' ||
         breaks_before(text, at);
}

/// Returns where the line ends of which so many graphemes fit, in bytes. A break that leaves less than a third of the
/// line helps nobody.
std::size_t line_end(std::string_view text, const std::vector<std::size_t>& ends, std::size_t fits) {
  for (std::size_t count = fits; count > fits / 3; --count) {
    if (ends[count - 1] >= text.size() || may_break(text, ends[count - 1])) return ends[count - 1];
  }
  return ends[fits - 1];
}

}  // namespace

std::string shortened_to(std::string_view text, int width, int height, Weight weight) {
  constexpr std::string_view dots = "…";
  const std::string clean = clean_text(text);
  if (text_width(clean, height, weight) <= width) return clean;
  const std::vector<std::size_t> ends = grapheme_ends(clean);
  std::size_t fits = fitting(clean, ends, width - text_width(dots, height, weight), height, weight);
  std::string cut;
  do {  // together they may be wider by a pixel than each by itself
    cut = std::string(trimmed(std::string_view(clean).substr(0, fits > 0 ? ends[fits - 1] : 0))) + std::string(dots);
  } while (fits-- > 0 && text_width(cut, height, weight) > width);
  return cut;
}

std::vector<std::string> lines_of(std::string_view text, int width, int height, Weight weight, std::size_t most) {
  const std::string clean = clean_text(text);
  std::string_view rest = trimmed(clean);
  std::vector<std::string> lines;
  while (!rest.empty() && lines.size() + 1 < most && text_width(rest, height, weight) > width) {
    const std::vector<std::size_t> ends = grapheme_ends(rest);
    const std::size_t end = line_end(rest, ends, std::max<std::size_t>(1, fitting(rest, ends, width, height, weight)));
    lines.emplace_back(trimmed(rest.substr(0, end)));
    rest = trimmed(rest.substr(end));
  }
  if (!rest.empty()) lines.push_back(shortened_to(rest, width, height, weight));
  return lines;
}

Figure text_strip(const std::vector<std::string>& paragraphs, int height, Colour colour, bool bullets, int width,
                  Weight weight) {
  const int indent = bullets ? 16 : 0;
  const int line_height = height * 5 / 4;
  const int distance = bullets ? 4 : 0;
  std::vector<std::vector<std::string>> broken;
  int total = 0;
  for (const std::string& paragraph : paragraphs) {
    broken.push_back(lines_of(paragraph, width - indent, height, weight));
    total += static_cast<int>(broken.back().size()) * line_height + distance;
  }
  Figure strip(width, std::max(1, total), white);
  int y = 0;
  for (const auto& lines : broken) {
    if (bullets) draw_disc(strip, 5, y + height / 2.0, 3, colour);
    for (const std::string& line : lines) {
      draw_text(strip, indent, y, line, height, colour, weight);
      y += line_height;
    }
    y += distance;
  }
  return strip;
}

Figure title_strip(std::string_view title) {
  return text_strip({std::string(title)}, title_height, ink, false, content_width, Weight::bold);
}

Figure page_of(const std::vector<Figure>& strips) {
  constexpr int distance = 14;
  int height = 2 * margin - distance;
  for (const Figure& strip : strips) height += strip.height + distance;
  Figure page(page_width, std::max(height, 2 * margin), white);
  int y = margin;
  for (const Figure& strip : strips) {
    paste(page, strip, margin, y);
    y += strip.height + distance;
  }
  return page;
}

Figure colour_bar(std::string_view colour_map, int width, std::string_view low, std::string_view high,
                  std::string_view middle) {
  constexpr int thickness = 12;
  constexpr int below = 4;  // the line, where some letters go
  Image colours = make_image(width, thickness);
  for (int x = 0; x < width; ++x) {
    const Colour colour = colour_of(colour_map, (x + 0.5) / width);
    for (int y = 0; y < thickness; ++y) std::copy(colour.begin(), colour.end(), colours.at(x, y));
  }
  Figure bar(width, thickness + 4 + small_text_height + below, white);
  paste(bar, std::move(colours), 0, 0);
  const int y = thickness + 4;
  draw_text(bar, 0, y, low, small_text_height, ink);
  draw_centred(bar, width / 2.0, y, middle, small_text_height, ink);
  draw_flush_right(bar, width, y, high, small_text_height, ink);
  return bar;
}

double round_step(double span, int wanted) {
  const double raw = span / wanted;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string brief(double number, int digits) {
  constexpr double longest = 1e7;  // larger whole numbers are not read any more
  const double size = std::abs(number);
  char buffer[32];
  if (size >= std::pow(10.0, digits) && size < longest)
    std::snprintf(buffer, sizeof buffer, "%.0f", number);
  else
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, size == 0 ? 0.0 : number);
  return buffer;
}

}  // namespace fovea

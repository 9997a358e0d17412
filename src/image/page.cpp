// Drawing the parts of a page: shapes by OpenCV, between pixels; text broken into lines by its measured width.
// SPDX-License-Identifier: Apache-2.0
#include "image/page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace fovea {
namespace {

using namespace page_style;

cv::Mat view(Image& image) { return {image.height, image.width, CV_8UC3, image.rgb.data()}; }
cv::Scalar scalar(Colour colour) { return {double(colour[0]), double(colour[1]), double(colour[2])}; }

/// OpenCV draws between pixels when coordinates carry binary fractions.
constexpr int fraction_bits = 4;
int fixed(double coordinate) { return static_cast<int>(std::lround(coordinate * (1 << fraction_bits))); }

/// Breaks words into lines that fit.
std::vector<std::string> lines_of(std::string_view words, int width, int height) {
  std::vector<std::string> lines;
  std::string current;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const std::string next =
        current.empty() ? std::string(words.substr(0, end)) : current + " " + std::string(words.substr(0, end));
    if (!current.empty() && text_width(next, height) > width) {
      lines.push_back(current);
      current = words.substr(0, end);
    } else {
      current = next;
    }
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  if (!current.empty()) lines.push_back(current);
  return lines;
}

}  // namespace

void fill_box(Image& image, int x0, int y0, int x1, int y1, Colour colour) {
  for (int y = std::max(0, y0); y < std::min(y1, image.height); ++y) {
    for (int x = std::max(0, x0); x < std::min(x1, image.width); ++x)
      std::copy(colour.begin(), colour.end(), image.at(x, y));
  }
}

void outline_box(Image& image, int x0, int y0, int x1, int y1, Colour colour, int thickness) {
  const int down = std::min(thickness, y1 - y0);
  const int across = std::min(thickness, x1 - x0);
  fill_box(image, x0, y0, x1, y0 + down, colour);
  fill_box(image, x0, y1 - down, x1, y1, colour);
  fill_box(image, x0, y0, x0 + across, y1, colour);
  fill_box(image, x1 - across, y0, x1, y1, colour);
}

void draw_line(Image& image, double x0, double y0, double x1, double y1, Colour colour, int thickness) {
  cv::Mat target = view(image);
  cv::line(target, {fixed(x0), fixed(y0)}, {fixed(x1), fixed(y1)}, scalar(colour), thickness, cv::LINE_AA,
           fraction_bits);
}

void draw_dashed(Image& image, double x0, double y0, double x1, double y1, Colour colour) {
  constexpr double dash = 7;
  const double length = std::hypot(x1 - x0, y1 - y0);
  for (double at = 0; at < length; at += 2 * dash) {
    const double end = std::min(at + dash, length);
    draw_line(image, x0 + (x1 - x0) * at / length, y0 + (y1 - y0) * at / length, x0 + (x1 - x0) * end / length,
              y0 + (y1 - y0) * end / length, colour, 2);
  }
}

void draw_disc(Image& image, double x, double y, double radius, Colour colour) {
  cv::Mat target = view(image);
  cv::circle(target, {fixed(x), fixed(y)}, fixed(radius), scalar(colour), cv::FILLED, cv::LINE_AA, fraction_bits);
}

void draw_centred(Image& image, double x, int y, std::string_view text, int height, Colour colour) {
  draw_text(image, static_cast<int>(std::lround(x)) - text_width(text, height) / 2, y, text, height, colour);
}

void draw_flush_right(Image& image, int x, int y, std::string_view text, int height, Colour colour) {
  draw_text(image, x - text_width(text, height), y, text, height, colour);
}

void paste(Image& target, const Image& source, int x, int y) {
  const int left = std::max(0, -x);
  const int width = std::min(source.width, target.width - x) - left;
  if (width <= 0) return;
  for (int row = std::max(0, -y); row < std::min(source.height, target.height - y); ++row) {
    std::copy_n(source.at(left, row), std::size_t{3} * static_cast<std::size_t>(width), target.at(x + left, y + row));
  }
}

std::string shortened_to(std::string_view text, int width, int height) {
  if (text_width(text, height) <= width) return std::string(text);
  while (!text.empty() && text_width(std::string(text) + "..", height) > width) text.remove_suffix(1);
  return std::string(text) + "..";
}

Image text_strip(const std::vector<std::string>& paragraphs, int height, Colour colour, bool bullets, int width) {
  const int indent = bullets ? 16 : 0;
  const int line_height = height * 5 / 4;
  const int distance = bullets ? 4 : 0;
  std::vector<std::vector<std::string>> broken;
  int total = 0;
  for (const std::string& paragraph : paragraphs) {
    broken.push_back(lines_of(paragraph, width - indent, height));
    total += static_cast<int>(broken.back().size()) * line_height + distance;
  }
  Image strip = make_image(width, std::max(1, total), white);
  int y = 0;
  for (const auto& lines : broken) {
    if (bullets) draw_disc(strip, 5, y + height / 2.0, 3, colour);
    for (const std::string& line : lines) {
      draw_text(strip, indent, y, line, height, colour);
      y += line_height;
    }
    y += distance;
  }
  return strip;
}

Image page_of(const std::vector<Image>& strips) {
  constexpr int distance = 14;
  int height = 2 * margin - distance;
  for (const Image& strip : strips) height += strip.height + distance;
  Image page = make_image(page_width, std::max(height, 2 * margin), white);
  int y = margin;
  for (const Image& strip : strips) {
    paste(page, strip, margin, y);
    y += strip.height + distance;
  }
  return page;
}

Image colour_bar(std::string_view colour_map, int width, std::string_view low, std::string_view high,
                 std::string_view middle) {
  constexpr int thickness = 12;
  constexpr int below = 4;  // the line, where some letters go
  Image bar = make_image(width, thickness + 4 + small_text_height + below, white);
  for (int x = 0; x < width; ++x) {
    fill_box(bar, x, 0, x + 1, thickness, colour_of(colour_map, (x + 0.5) / width));
  }
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

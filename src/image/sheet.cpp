// Sheets: labelled tiles in a grid on white, and the text on them, drawn in Hershey's stroke font (A. V. Hershey 1967)
// by OpenCV.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <fovea/error.h>
#include <fovea/image.h>

#include "image/dimensions.h"

namespace fovea {
namespace {

constexpr int font = cv::FONT_HERSHEY_SIMPLEX;
constexpr Colour sheet_white{255, 255, 255};
constexpr Colour dark{32, 32, 32};
constexpr Colour blank{216, 216, 216};

/// The font at scale 1: brackets rise 25 px above the base line and hang 7 below; with strokes and a little air.
constexpr double line_at_scale_1 = 35;
constexpr double base_line_at_scale_1 = 27;

double scale_of(int height) { return height / line_at_scale_1; }
int stroke_of(int height) { return std::max(1, height / 16); }

/// What the font has: printable ASCII; a UTF-8 letter beyond becomes one '?', a control character a space.
std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x80 && code < 0xc0) continue;  // within a UTF-8 letter
    if (code >= 0xc0) {
      result += '?';
    } else {
      result += std::isprint(code) != 0 ? c : ' ';
    }
  }
  return result;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  while (!text.empty() && text.front() == ' ') text.erase(text.begin());
  return text;
}

/// Returns how many leading characters fit in a width (at least one, so that wrapping ends).
std::size_t fitting(std::string_view text, int width, int height) {
  std::size_t fits = 1;
  std::size_t too_many = text.size() + 1;
  while (fits + 1 < too_many) {
    const std::size_t middle = fits + (too_many - fits) / 2;
    (text_width(text.substr(0, middle), height) <= width ? fits : too_many) = middle;
  }
  return std::min(fits, text.size());
}

/// Cuts a text that is too long, ending it in "..".
std::string shortened(const std::string& text, int width, int height) {
  if (text.empty() || text_width(text, height) <= width) return text;
  const std::size_t fits = fitting(text, std::max(1, width - text_width("..", height)), height);
  return trimmed(text.substr(0, fits)) + "..";
}

/// Breaks a text into at most `most` lines, at spaces or slashes where there are any; the last one is shortened.
std::vector<std::string> wrapped(std::string_view label, int width, int height, std::size_t most) {
  constexpr std::size_t longest = 1000;  // nobody reads more; measuring it takes time
  std::string rest = trimmed(printable(label.substr(0, longest)));
  std::vector<std::string> lines;
  while (!rest.empty() && lines.size() + 1 < most && text_width(rest, height) > width) {
    std::size_t end = fitting(rest, width, height);
    // A break that leaves less than a third of the line helps nobody.
    const std::size_t space = rest.find_last_of(" /_", end);
    if (space != std::string::npos && space + 1 > end / 3) end = std::min(rest[space] == ' ' ? space : space + 1, end);
    lines.push_back(trimmed(rest.substr(0, end)));
    rest = trimmed(rest.substr(end));
  }
  if (!rest.empty()) lines.push_back(shortened(rest, width, height));
  return lines;
}

/// Distances of a sheet, in px, from its tiles' size.
struct Layout {
  int margin, text_height, title_height, columns, rows, label_lines;
  int tile_size;    ///< of a tile's longer side, and a column's width
  int tile_height;  ///< of the tallest tile

  int label_height() const { return label_lines * text_height + (label_lines > 0 ? text_height / 4 : 0); }
  int row_height() const { return label_height() + tile_height + margin; }
  int title_space() const { return title_height > 0 ? title_height + margin : 0; }
  std::int64_t width() const { return margin + std::int64_t{columns} * (tile_size + margin); }
  std::int64_t height() const { return margin + title_space() + std::int64_t{rows} * row_height(); }
};

/// A size in px.
struct Size {
  int width, height;
};

/// The size of a picture in a square, aspect kept; a missing picture takes all of it.
Size fitted_size(const Image& image, int size) {
  if (image.width <= 0 || image.height <= 0) return {size, size};
  const double scale = static_cast<double>(size) / std::max(image.width, image.height);
  return {std::clamp(static_cast<int>(image.width * scale + 0.5), 1, size),
          std::clamp(static_cast<int>(image.height * scale + 0.5), 1, size)};
}

/// Fits a picture in a square; small ones are enlarged with their pixels seen as they are.
Image fitted(const Image& image, int size) {
  constexpr double visible_pixels = 2;
  const auto [width, height] = fitted_size(image, size);
  if (image.width <= 0 || image.height <= 0) return make_image(width, height, blank);
  const double scale = static_cast<double>(size) / std::max(image.width, image.height);
  const Interpolation interpolation = scale < 1                 ? Interpolation::area
                                      : scale >= visible_pixels ? Interpolation::nearest
                                                                : Interpolation::linear;
  return resize(image, width, height, interpolation);
}

void copy_into(Image& target, const Image& source, int x, int y) {
  for (int row = 0; row < source.height; ++row) {
    std::copy_n(source.at(0, row), std::size_t{3} * static_cast<std::size_t>(source.width), target.at(x, y + row));
  }
}

void draw_tile(Image& target, const Tile& tile, const std::vector<std::string>& lines, int x, int y,
               const Layout& layout) {
  // Labels stand on their picture, whatever the number of their neighbours' lines.
  int line_y = y + (layout.label_lines - static_cast<int>(lines.size())) * layout.text_height;
  for (const std::string& line : lines) {
    draw_text(target, x, line_y, line, layout.text_height, dark);
    line_y += layout.text_height;
  }
  copy_into(target, fitted(tile.image, layout.tile_size), x, y + layout.label_height());
}

Layout layout_of(std::size_t tiles, int columns, bool titled, int tile_size) {
  // A tile of 224 px gets labels of 16 px; neither a thumbnail's nor a poster's become silly.
  const int text_height = std::clamp(tile_size / 14, 11, 40);
  const int used_columns = static_cast<int>(std::clamp<std::size_t>(tiles, 1, static_cast<std::size_t>(columns)));
  return {.margin = std::max(6, text_height * 3 / 4),
          .text_height = text_height,
          .title_height = titled ? text_height * 5 / 4 : 0,
          .columns = used_columns,
          .rows = static_cast<int>((tiles + static_cast<std::size_t>(used_columns) - 1) /
                                   static_cast<std::size_t>(used_columns)),
          .label_lines = 0,
          .tile_size = tile_size,
          .tile_height = 0};
}

void check_sheet(const Layout& layout) {
  constexpr std::int64_t most_side = 1'000'000;
  if (layout.width() <= most_side && layout.height() <= most_side && layout.width() * layout.height() <= most_pixels) {
    return;
  }
  throw Error(ErrorKind::resource,
              "a sheet of " + std::to_string(layout.width()) + "x" + std::to_string(layout.height()) +
                  " px is over the limit of " + std::to_string(most_pixels / 1'000'000) + " megapixels",
              "draw fewer or smaller tiles");
}

}  // namespace

int text_width(std::string_view text, int height) {
  int base_line = 0;
  if (height <= 0 || text.empty()) return 0;
  return cv::getTextSize(printable(text), font, scale_of(height), stroke_of(height), &base_line).width;
}

int draw_text(Image& image, int x, int y, std::string_view text, int height, Colour colour) {
  if (image.rgb.empty() || height <= 0) return text_width(text, height);
  cv::Mat target(image.height, image.width, CV_8UC3, image.rgb.data());
  const int base_line = y + static_cast<int>(base_line_at_scale_1 * scale_of(height) + 0.5);
  cv::putText(target, printable(text), {x, base_line}, font, scale_of(height),
              cv::Scalar(colour[0], colour[1], colour[2]), stroke_of(height), cv::LINE_AA);
  return text_width(text, height);
}

Image sheet(std::span<const Tile> tiles, int columns, std::string_view title, int tile_size) {
  constexpr std::size_t most_label_lines = 2;
  if (columns < 1 || tile_size < 1) {
    throw Error(ErrorKind::usage, "a sheet needs at least 1 column and tiles of at least 1 px, not " +
                                      std::to_string(columns) + " and " + std::to_string(tile_size));
  }
  Layout layout = layout_of(tiles.size(), columns, !title.empty(), tile_size);
  std::vector<std::vector<std::string>> labels;
  for (const Tile& tile : tiles) {
    labels.push_back(wrapped(tile.label, tile_size, layout.text_height, most_label_lines));
    layout.tile_height = std::max(layout.tile_height, fitted_size(tile.image, tile_size).height);
    layout.label_lines = std::max(layout.label_lines, static_cast<int>(labels.back().size()));
  }
  check_sheet(layout);
  Image result = make_image(static_cast<int>(layout.width()), static_cast<int>(layout.height()), sheet_white);
  if (!title.empty()) {
    const int title_width = result.width - 2 * layout.margin;
    draw_text(result, layout.margin, layout.margin, shortened(printable(title), title_width, layout.title_height),
              layout.title_height, dark);
  }
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const int column = static_cast<int>(i) % layout.columns;
    const int row = static_cast<int>(i) / layout.columns;
    draw_tile(result, tiles[i], labels[i], layout.margin + column * (tile_size + layout.margin),
              layout.margin + layout.title_space() + row * layout.row_height(), layout);
  }
  return result;
}

}  // namespace fovea

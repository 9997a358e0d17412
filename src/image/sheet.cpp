// Sheets: labelled tiles in a grid on white.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <fovea/error.h>
#include <fovea/figure.h>

#include "image/dimensions.h"
#include "image/page.h"

namespace fovea {
namespace {

constexpr Colour sheet_white{255, 255, 255};
constexpr Colour dark{32, 32, 32};
constexpr Colour blank{216, 216, 216};

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
Size fitted_size(const Figure& image, int size) {
  if (image.width <= 0 || image.height <= 0) return {size, size};
  const double scale = static_cast<double>(size) / std::max(image.width, image.height);
  return {std::clamp(static_cast<int>(image.width * scale + 0.5), 1, size),
          std::clamp(static_cast<int>(image.height * scale + 0.5), 1, size)};
}

/// Fits a picture in a square; small ones are enlarged with their pixels seen as they are. A drawing that fits as it is
/// stays a drawing.
Figure fitted(const Figure& image, int size) {
  constexpr double visible_pixels = 2;
  const auto [width, height] = fitted_size(image, size);
  if (image.width <= 0 || image.height <= 0) return {width, height, blank};
  if (image.width == width && image.height == height) return image;
  const double scale = static_cast<double>(size) / std::max(image.width, image.height);
  const Interpolation interpolation = scale < 1                 ? Interpolation::area
                                      : scale >= visible_pixels ? Interpolation::nearest
                                                                : Interpolation::linear;
  const Image* picture = image.picture();
  return resize(picture != nullptr ? *picture : rasterise(image), width, height, interpolation);
}

void draw_tile(Figure& target, const Tile& tile, const std::vector<std::string>& lines, int x, int y,
               const Layout& layout) {
  // Labels stand on their picture, whatever the number of their neighbours' lines.
  int line_y = y + (layout.label_lines - static_cast<int>(lines.size())) * layout.text_height;
  for (const std::string& line : lines) {
    draw_text(target, x, line_y, line, layout.text_height, dark);
    line_y += layout.text_height;
  }
  paste(target, fitted(tile.image, layout.tile_size), x, y + layout.label_height());
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

Figure sheet(std::span<const Tile> tiles, int columns, std::string_view title, int tile_size) {
  constexpr std::size_t most_label_lines = 2;
  constexpr std::size_t longest_label = 1000;  // nobody reads more; measuring it takes time
  if (columns < 1 || tile_size < 1) {
    throw Error(ErrorKind::usage, "a sheet needs at least 1 column and tiles of at least 1 px, not " +
                                      std::to_string(columns) + " and " + std::to_string(tile_size));
  }
  Layout layout = layout_of(tiles.size(), columns, !title.empty(), tile_size);
  std::vector<std::vector<std::string>> labels;
  for (const Tile& tile : tiles) {
    labels.push_back(lines_of(std::string_view(tile.label).substr(0, longest_label), tile_size, layout.text_height,
                              Weight::regular, most_label_lines));
    layout.tile_height = std::max(layout.tile_height, fitted_size(tile.image, tile_size).height);
    layout.label_lines = std::max(layout.label_lines, static_cast<int>(labels.back().size()));
  }
  check_sheet(layout);
  Figure result(static_cast<int>(layout.width()), static_cast<int>(layout.height()), sheet_white);
  if (!title.empty()) {
    const int title_width = result.width - 2 * layout.margin;
    draw_text(result, layout.margin, layout.margin, shortened_to(title, title_width, layout.title_height, Weight::bold),
              layout.title_height, dark, Weight::bold);
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

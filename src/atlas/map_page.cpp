// SPDX-License-Identifier: Apache-2.0
#include <fovea/map_page.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr Colour mid_grey{150, 150, 150};

// Twenty colours that can be told apart on white; the first ten are Tableau's.
constexpr std::array<Colour, 20> colours{
    {{31, 119, 180},  {255, 127, 14}, {44, 160, 44},  {214, 39, 40}, {148, 103, 189}, {140, 86, 75}, {227, 119, 194},
     {110, 110, 110}, {188, 189, 34}, {23, 190, 207}, {0, 76, 109},  {166, 86, 0},    {0, 100, 0},   {139, 0, 0},
     {75, 0, 130},    {205, 133, 63}, {199, 21, 133}, {47, 79, 79},  {128, 128, 0},   {0, 139, 139}}};

/// How a layout lies on a picture: y upwards, one scale for both axes.
struct Frame {
  double left = 0;
  double top = 0;
  double x0 = 0;
  double y1 = 0;
  double scale = 1;

  double x(double value) const { return left + (value - x0) * scale; }
  double y(double value) const { return top + (y1 - value) * scale; }
};

Frame fit(const Tensor& layout, double left, double top, double width, double height) {
  const Tensor low = std::get<0>(layout.min(0));
  const Tensor high = std::get<0>(layout.max(0));
  const double x0 = low[0].item<double>();
  const double y0 = low[1].item<double>();
  const double x1 = high[0].item<double>();
  const double y1 = high[1].item<double>();
  constexpr double least = 1e-12;
  const double scale = std::min(width / std::max(x1 - x0, least), height / std::max(y1 - y0, least));
  return {.left = left + 0.5 * (width - (x1 - x0) * scale),
          .top = top + 0.5 * (height - (y1 - y0) * scale),
          .x0 = x0,
          .y1 = y1,
          .scale = scale};
}

/// The picture's middle square, `side` px.
Image square(const Image& picture, int side) {
  const int shorter = std::min(picture.width, picture.height);
  const Image middle = crop(picture, (picture.width - shorter) / 2, (picture.height - shorter) / 2, shorter, shorter);
  return resize(middle, side, side, shorter > side ? Interpolation::area : Interpolation::cubic);
}

void draw_arrows(Figure& figure, const Frame& place, const std::vector<MapArrow>& arrows) {
  constexpr double head = 2.5;
  for (const MapArrow& arrow : arrows) {
    const double x = place.x(arrow.x);
    const double y = place.y(arrow.y);
    draw_line(figure, place.x(0), place.y(0), x, y, ink);
    draw_disc(figure, x, y, head, ink);
    const int left =
        static_cast<int>(std::lround(x)) + (arrow.x < 0 ? -text_width(arrow.label, small_text_height) - 6 : 6);
    draw_text(figure, left, static_cast<int>(std::lround(y)) - small_text_height / 2, arrow.label, small_text_height,
              ink);
  }
}

/// The names of the classes beside their colours; more than there is room for are counted.
void draw_legend(Figure& figure, const MapPoints& points, int left, int top) {
  constexpr int row_height = small_text_height + 7;
  constexpr int dot = 5;
  const int rows = (figure.height - top) / row_height - 1;
  const int count = static_cast<int>(points.names.size());
  const int room = figure.width - left - 18 - 8;
  for (int i = 0; i < std::min(count, rows); ++i) {
    const int y = top + i * row_height;
    draw_disc(figure, left + 6, y + small_text_height / 2.0, dot, class_colour(i));
    draw_text(figure, left + 18, y, shortened_to(points.names[static_cast<std::size_t>(i)], room, small_text_height),
              small_text_height, ink);
  }
  if (count > rows) {
    draw_text(figure, left + 18, top + rows * row_height, std::to_string(count - rows) + " more", small_text_height,
              soft_ink);
  }
}

}  // namespace

Colour class_colour(std::int64_t label) {
  return label < 0 ? mid_grey : colours[static_cast<std::size_t>(label) % colours.size()];
}

Figure draw_scatter(const MapPoints& points, const std::string& title, const std::string& x_label,
                    const std::string& y_label, const std::vector<MapArrow>& arrows) {
  constexpr int side = 960;
  constexpr int legend = 240;
  constexpr int margin = 48;  // where arrows' names go
  Figure image(side + legend, side + title_height, white);
  draw_text(image, margin / 2, 12, title, title_height, ink, Weight::bold);
  const Frame place = fit(points.layout, margin, margin + title_height, side - 2 * margin, side - 2 * margin);
  const auto count = points.layout.size(0);
  const Tensor layout = points.layout.to(at::kDouble).contiguous();
  const auto* xy = layout.data_ptr<double>();
  const double radius = count > 20'000 ? 1.2 : count > 3'000 ? 1.8 : 3.0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t label = points.labels.empty() ? -1 : points.labels[static_cast<std::size_t>(i)];
    draw_disc(image, place.x(xy[2 * i]), place.y(xy[2 * i + 1]), radius, class_colour(label), 0.65);
  }
  draw_arrows(image, place, arrows);
  draw_text(image, margin, image.height - small_text_height - 8, x_label, small_text_height, soft_ink);
  draw_text(image, margin, margin + title_height - 18, y_label, small_text_height, soft_ink);
  draw_legend(image, points, side, margin + title_height);
  return image;
}

Figure draw_pictures_at(const MapPoints& points, const Thumbnail& thumbnail, int size, int side) {
  Figure image(size, size, white);
  const Frame place = fit(points.layout, side, side, size - 2.0 * side, size - 2.0 * side);
  const Tensor layout = points.layout.to(at::kDouble).contiguous();
  const auto* xy = layout.data_ptr<double>();
  const int cell = side / 2;  // two pictures in one cell would cover each other by more than half
  const int cells = size / cell + 2;
  std::vector<bool> taken(static_cast<std::size_t>(cells) * static_cast<std::size_t>(cells), false);
  for (std::int64_t i = 0; i < points.layout.size(0); ++i) {
    const int x = static_cast<int>(place.x(xy[2 * i]));
    const int y = static_cast<int>(place.y(xy[2 * i + 1]));
    const int column = x / cell;
    const int row = y / cell;
    bool free = true;
    for (int r = std::max(row - 1, 0); r <= row + 1; ++r) {
      for (int c = std::max(column - 1, 0); c <= column + 1; ++c) {
        free = free && !taken[static_cast<std::size_t>(r * cells + c)];
      }
    }
    if (!free) continue;
    taken[static_cast<std::size_t>(row * cells + column)] = true;
    paste(image, square(thumbnail(i), side), x - side / 2, y - side / 2);
    const std::int64_t label = points.labels.empty() ? -1 : points.labels[static_cast<std::size_t>(i)];
    outline_box(image, x - side / 2, y - side / 2, x - side / 2 + side, y - side / 2 + side, class_colour(label));
  }
  return image;
}

Figure draw_picture_grid(const MapPoints& points, const Tensor& cells, const Thumbnail& thumbnail, int side) {
  const auto rows = static_cast<int>(cells.size(0));
  const auto columns = static_cast<int>(cells.size(1));
  Figure image(columns * side, rows * side, white);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const auto point = cells[r][c].item<std::int64_t>();
      if (point < 0) continue;
      const int top = (rows - 1 - r) * side;  // row 0 holds the least y, which lies at the bottom
      paste(image, square(thumbnail(point), side), c * side, top);
      const std::int64_t label = points.labels.empty() ? -1 : points.labels[static_cast<std::size_t>(point)];
      outline_box(image, c * side, top, (c + 1) * side, top + side, class_colour(label));
    }
  }
  return image;
}

}  // namespace fovea

// Drawing how receptive fields grow with depth: nested boxes about the picture's middle, and their sides as bars.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include <fovea/error.h>
#include <fovea/show.h>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr int picture_side = 470;
constexpr int chart_width = content_width - picture_side - margin;
constexpr int row_height = 22;
constexpr std::size_t most_rows = 32;

/// One row: a value's field, its number and its colour.
struct Row {
  const UnitField* unit;
  std::size_t number;
  Colour colour;
};

/// Takes all values, or as many as there is room for, evenly spaced with the first and the last.
std::vector<Row> rows_of(const std::vector<UnitField>& growth) {
  constexpr double darkest = 0.0;
  constexpr double lightest = 0.85;  // viridis ends in a yellow that is lost on white
  const std::size_t count = std::min(most_rows, growth.size());
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = count > 1 ? i * (growth.size() - 1) / (count - 1) : 0;
    const double depth = count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 0;
    rows.push_back({&growth[from], i + 1, colour_of("viridis", lightest - depth * (lightest - darkest))});
  }
  return rows;
}

std::int64_t longer(const std::array<std::int64_t, 2>& sides) { return std::max(sides[0], sides[1]); }

std::string side_text(const UnitField& unit) {
  const auto& [rows, columns] = unit.field.size;
  return rows == columns ? std::to_string(rows) : std::to_string(rows) + " x " + std::to_string(columns);
}

std::string stride_text(const UnitField& unit) {
  const auto& [rows, columns] = unit.field.stride;
  return rows == columns ? brief(rows, 4) : brief(rows, 4) + "x" + brief(columns, 4);
}

/// A box on the drawing, px.
struct Box {
  int left, top, right, bottom;
};

/// Writes a row's number into the corner of its box, unless the box drawn inside of it leaves no room.
void draw_number(Figure& image, const Row& row, const Box& box, const Box& inside) {
  const std::string number = std::to_string(row.number);
  const int width = text_width(number, small_text_height) + 4;
  const bool room = inside.left - box.left >= width + 5 || inside.top - box.top >= small_text_height + 5;
  if (!room || box.right - box.left < width + 6 || box.bottom - box.top < small_text_height + 6) return;
  fill_box(image, box.left + 2, box.top + 2, box.left + 2 + width, box.top + 2 + small_text_height, white);
  draw_text(image, box.left + 4, box.top + 2, number, small_text_height, row.colour);
}

/// Draws the boxes, the deepest first.
Figure nested(const Image& seen, const std::vector<Row>& rows) {
  const double zoom = static_cast<double>(picture_side) / std::max(seen.width, seen.height);
  Figure image = resize(seen, std::max(1, static_cast<int>(std::lround(seen.width * zoom))),
                        std::max(1, static_cast<int>(std::lround(seen.height * zoom))),
                        zoom >= 3  ? Interpolation::nearest
                        : zoom > 1 ? Interpolation::cubic
                                   : Interpolation::area);
  const auto px = [&](std::int64_t place) { return static_cast<int>(std::lround(static_cast<double>(place) * zoom)); };
  std::vector<std::pair<const Row*, Box>> boxes;
  for (const Row& row : rows) {
    const Region& box = row.unit->box;
    if (box.empty || row.unit->share() >= 1) continue;
    boxes.push_back(
        {&row, {px(box.extents[1].begin), px(box.extents[0].begin), px(box.extents[1].end), px(box.extents[0].end)}});
  }
  for (std::size_t i = boxes.size(); i-- > 0;) {
    const auto& [row, box] = boxes[i];
    outline_box(image, box.left - 1, box.top - 1, box.right + 1, box.bottom + 1, white, 4);
    outline_box(image, box.left, box.top, box.right, box.bottom, row->colour, 2);
  }
  for (std::size_t i = boxes.size(); i-- > 0;) {
    const auto& [row, box] = boxes[i];
    draw_number(image, *row, box, i > 0 ? boxes[i - 1].second : Box{box.right, box.bottom, box.right, box.bottom});
  }
  return image;
}

/// Columns of the chart, px from its left.
namespace column {
constexpr int number = 24;  // its right end
constexpr int name = 34;
constexpr int map = 262;     // its right end
constexpr int stride = 316;  // its right end
constexpr int bar = 330;
constexpr int bar_end = chart_width - 58;
}  // namespace column

void draw_row(Figure& chart, const Row& row, int y, double px_per_px) {
  draw_flush_right(chart, column::number, y, std::to_string(row.number), small_text_height, row.colour);
  const std::string map = std::to_string(row.unit->shape[2]) + "x" + std::to_string(row.unit->shape[3]);
  const int room = column::map - column::name - text_width(map, small_text_height) - 10;
  draw_text(chart, column::name, y, shortened_to(row.unit->value, room, small_text_height), small_text_height, ink);
  draw_flush_right(chart, column::map, y, map, small_text_height, soft_ink);
  draw_flush_right(chart, column::stride, y, stride_text(*row.unit), small_text_height, soft_ink);
  const int length =
      std::max(2, static_cast<int>(std::lround(px_per_px * static_cast<double>(longer(row.unit->field.size)))));
  fill_box(chart, column::bar, y + 1, column::bar + length, y + small_text_height - 1, row.colour);
  const std::string side = side_text(*row.unit);
  const int text_left = column::bar + length + 5;
  fill_box(chart, text_left - 2, y, text_left + text_width(side, small_text_height) + 2, y + small_text_height, white);
  draw_text(chart, text_left, y, side, small_text_height, ink);
}

Figure chart_of(const std::vector<Row>& rows) {
  const std::int64_t picture = longer(rows.front().unit->input);
  std::int64_t largest = picture;
  for (const Row& row : rows) largest = std::max(largest, longer(row.unit->field.size));
  const double px_per_px = static_cast<double>(column::bar_end - column::bar) / static_cast<double>(largest);
  const int top = 2 * small_text_height + 14;
  const int height = top + static_cast<int>(rows.size()) * row_height;
  Figure chart(chart_width, height, white);
  draw_text(chart, column::name, 0, "value", small_text_height, soft_ink);
  draw_flush_right(chart, column::map, 0, "units", small_text_height, soft_ink);
  draw_flush_right(chart, column::stride, 0, "stride", small_text_height, soft_ink);
  draw_text(chart, column::bar, 0, "side of a unit's field, px", small_text_height, soft_ink);
  const int limit = column::bar + static_cast<int>(std::lround(px_per_px * static_cast<double>(picture)));
  const std::string words = "the picture: " + std::to_string(picture);
  const int words_width = text_width(words, small_text_height);
  draw_text(chart, std::min(limit - words_width / 2, chart_width - words_width), small_text_height + 4, words,
            small_text_height, ink);
  draw_dashed(chart, limit, top - 4, limit, height, ink);
  for (std::size_t i = 0; i < rows.size(); ++i)
    draw_row(chart, rows[i], top + static_cast<int>(i) * row_height, px_per_px);
  return chart;
}

std::vector<std::string> words_of(const std::vector<UnitField>& growth, std::size_t shown) {
  std::vector<std::string> words{
      "Each box is what the unit in the middle of a value sees of the picture; the bars are the sides of these boxes, "
      "in the same colours, borders not cut off. Listed are the values that every path to the class scores goes "
      "through, where the field changes."};
  const auto whole =
      std::find_if(growth.begin(), growth.end(), [](const UnitField& unit) { return unit.share() >= 1; });
  words.push_back(whole == growth.end() ? "No unit with a position sees the whole picture."
                                        : "From '" + whole->value + "' on, the middle unit sees the whole picture.");
  if (shown < growth.size())
    words.push_back(std::to_string(shown) + " of " + std::to_string(growth.size()) + " values are shown.");
  return words;
}

}  // namespace

Figure draw_field_growth(const Image& seen, const std::vector<UnitField>& growth, std::string_view title) {
  if (growth.empty()) throw Error(ErrorKind::usage, "there are no receptive fields to draw");
  const std::vector<Row> rows = rows_of(growth);
  const Figure picture = nested(seen, rows);
  const Figure chart = chart_of(rows);
  Figure strip(content_width, std::max(picture.height, chart.height), white);
  paste(strip, picture, 0, 0);
  paste(strip, chart, picture_side + margin, 0);
  std::vector<Figure> strips;
  if (!title.empty()) strips.push_back(title_strip(title));
  strips.push_back(strip);
  strips.push_back(text_strip(words_of(growth, rows.size()), text_height, ink, true));
  return page_of(strips);
}

}  // namespace fovea

// Drawing one unit's receptive field: its box on the picture, what lies outside of it faded, its neighbours' boxes
// thin; or the gradient's mean magnitude as heat, with the box around it.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/show.h>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr Colour field_colour{213, 94, 0};       // vermilion of Okabe and Ito
constexpr Colour neighbour_colour{0, 114, 178};  // blue
constexpr Colour outside{236, 236, 236};         // beyond the picture's borders
constexpr int stage_side = 640;

/// Where the input lies on the drawing: with room around it for a field that hangs over its borders.
struct Stage {
  double zoom = 1;
  std::array<double, 2> origin{};  ///< of the input's first px, on the drawing; rows first
  std::array<int, 2> size{};

  int x(double column) const { return static_cast<int>(std::lround(origin[1] + column * zoom)); }
  int y(double row) const { return static_cast<int>(std::lround(origin[0] + row * zoom)); }
};

Stage stage_for(const UnitField& unit) {
  const std::array<Extent, 2> box = unit.endless();
  std::array<double, 2> before{};
  std::array<double, 2> whole{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto side = static_cast<double>(unit.input[axis]);
    const double most = 0.6 * side;  // more would make the picture too small
    before[axis] = std::clamp(static_cast<double>(-box[axis].begin) * 1.05, 0.0, most);
    const double after = std::clamp((static_cast<double>(box[axis].end) - side) * 1.05, 0.0, most);
    whole[axis] = before[axis] + side + after;
  }
  Stage stage{.zoom = stage_side / std::max(whole[0], whole[1])};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    stage.origin[axis] = before[axis] * stage.zoom;
    stage.size[axis] = static_cast<int>(std::lround(whole[axis] * stage.zoom));
  }
  return stage;
}

Image enlarged(const Image& picture, int width, int height) {
  constexpr int large_pixels = 3;  // from here on the pixels themselves are worth seeing
  const bool blocks = width >= large_pixels * picture.width;
  const Interpolation interpolation = width < picture.width ? Interpolation::area
                                      : blocks              ? Interpolation::nearest
                                                            : Interpolation::cubic;
  return resize(picture, width, height, interpolation);
}

/// Fades what lies outside of a box towards white.
void fade_outside(Image& image, int x0, int y0, int x1, int y1) {
  constexpr double kept = 0.4;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (x >= x0 && x < x1 && y >= y0 && y < y1) continue;
      for (int c = 0; c < 3; ++c) {
        std::uint8_t& byte = image.at(x, y)[c];
        byte = static_cast<std::uint8_t>(std::lround(255 - kept * (255 - byte)));
      }
    }
  }
}

void outline(Figure& drawing, const Stage& stage, const std::array<Extent, 2>& box, Colour colour, int thickness) {
  outline_box(drawing, stage.x(static_cast<double>(box[1].begin)), stage.y(static_cast<double>(box[0].begin)),
              stage.x(static_cast<double>(box[1].end)), stage.y(static_cast<double>(box[0].end)), colour, thickness);
}

/// Draws the fields of the units next to this one, in its row and its column.
void draw_neighbours(Figure& drawing, const Stage& stage, const UnitField& unit) {
  for (const auto& [down, across] : {std::array{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
    const std::int64_t row = unit.unit[0] + down;
    const std::int64_t column = unit.unit[1] + across;
    if (row < 0 || column < 0 || row >= unit.shape[2] || column >= unit.shape[3]) continue;
    UnitField neighbour = unit;
    neighbour.centre[0] += down * unit.field.stride[0];
    neighbour.centre[1] += across * unit.field.stride[1];
    outline(drawing, stage, neighbour.endless(), neighbour_colour, 1);
  }
}

Figure drawing_of(const Image& seen, const UnitField& unit, const EffectiveField* effective) {
  const Stage stage = stage_for(unit);
  Figure drawing(stage.size[1], stage.size[0], outside);
  Image picture = effective == nullptr ? seen : overlay(seen, scale_unsigned(effective->map));
  picture = enlarged(picture, stage.x(static_cast<double>(unit.input[1])) - stage.x(0),
                     stage.y(static_cast<double>(unit.input[0])) - stage.y(0));
  const std::array<Extent, 2> box = unit.endless();
  if (effective == nullptr) {
    fade_outside(picture, stage.x(static_cast<double>(box[1].begin)) - stage.x(0),
                 stage.y(static_cast<double>(box[0].begin)) - stage.y(0),
                 stage.x(static_cast<double>(box[1].end)) - stage.x(0),
                 stage.y(static_cast<double>(box[0].end)) - stage.y(0));
  }
  paste(drawing, picture, stage.x(0), stage.y(0));
  if (effective == nullptr) draw_neighbours(drawing, stage, unit);
  outline(drawing, stage, box, field_colour, 3);
  if (effective == nullptr)
    draw_disc(drawing, stage.x(unit.centre[1] + 0.5), stage.y(unit.centre[0] + 0.5), 4, field_colour);
  return drawing;
}

std::string by(std::int64_t rows, std::int64_t columns) {
  return std::to_string(rows) + " x " + std::to_string(columns);
}

std::string place(double row, double column) { return "row " + brief(row, 5) + ", column " + brief(column, 5); }

bool hangs_over(const UnitField& unit) {
  const std::array<Extent, 2> box = unit.endless();
  return box[0].begin < 0 || box[1].begin < 0 || box[0].end > unit.input[0] || box[1].end > unit.input[1];
}

std::vector<std::string> words_of(const UnitField& unit, const EffectiveField* effective) {
  const bool even = unit.field.stride[0] == unit.field.stride[1];
  std::vector<std::string> words{
      "Unit at " + place(static_cast<double>(unit.unit[0]), static_cast<double>(unit.unit[1])) + " of " +
          by(unit.shape[2], unit.shape[3]) + " (rows x columns).",
      "Its receptive field, the orange box, is " + by(unit.field.size[0], unit.field.size[1]) +
          " px large, centred on " + place(unit.centre[0], unit.centre[1]) + ": it sees " + brief(100 * unit.share()) +
          " % of the picture of " + by(unit.input[0], unit.input[1]) + " px."};
  if (hangs_over(unit)) words.push_back("Where the box leaves the picture, the unit sees padding (light grey).");
  if (effective != nullptr) {
    words.push_back(
        "The colours show what counts of it: the mean magnitude of the unit's gradient at every px, dark "
        "where it is nothing.");
    words.push_back("The effective field, where the gradient is above " + brief(100 * effective->of_peak) +
                    " % of its largest, has the area of " + brief(effective->side) + " x " + brief(effective->side) +
                    " px.");
    return words;
  }
  if (unit.field.stride[0] > 0 || unit.field.stride[1] > 0) {
    words.push_back("Stride " +
                    (even ? brief(unit.field.stride[0], 4)
                          : brief(unit.field.stride[0], 4) + " x " + brief(unit.field.stride[1], 4)) +
                    " px: the fields of the units next to it, thin and blue, lie that far apart.");
  } else {
    words.push_back("All units of the value share this field.");
  }
  return words;
}

}  // namespace

Figure draw_field(const Image& seen, const UnitField& unit, std::string_view title, const EffectiveField* effective) {
  const Figure drawing = drawing_of(seen, unit, effective);
  constexpr int words_width = content_width - stage_side - margin;
  const Figure words = text_strip(words_of(unit, effective), text_height, ink, true, words_width);
  const Figure bar = effective == nullptr ? Figure() : colour_bar("inferno", words_width, "0", "largest");
  Figure strip(content_width, std::max(drawing.height, words.height + margin + bar.height), white);
  paste(strip, drawing, (stage_side - drawing.width) / 2, 0);
  paste(strip, words, stage_side + margin, 0);
  paste(strip, bar, stage_side + margin, words.height + margin);
  std::vector<Figure> strips;
  if (!title.empty()) strips.push_back(title_strip(title));
  strips.push_back(strip);
  return page_of(strips);
}

}  // namespace fovea

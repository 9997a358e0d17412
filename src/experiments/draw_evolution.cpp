// The figure of an evolution, laid out as Zeiler and Fergus's figure 4, and how the values converge.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fovea/evolution.h>
#include <fovea/plot.h>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr int name_width = 56;  // of a row's channel
constexpr int tile_gap = 2;     // between projection and patch
constexpr int cell_gap = 10;    // between snapshots
constexpr int row_gap = 4;
constexpr int bar_width = 4;          // that marks another picture
constexpr Colour orange{213, 94, 0};  // Okabe and Ito 2008
constexpr Colour grey{128, 128, 128};

int tile_side(const Evolution& evolution) {
  int side = 1;
  for (const ValueEvolution& value : evolution.values) {
    for (const auto& row : value.cells) {
      for (const EvolutionCell& cell : row) {
        side = std::max({side, cell.patch.width, cell.patch.height, cell.projection.width, cell.projection.height});
      }
    }
  }
  return side;
}

int cell_width(int side) { return bar_width + 2 * side + tile_gap + cell_gap; }

void draw_cell(Figure& block, const EvolutionCell& cell, int x, int y, int side) {
  if (cell.changed) fill_box(block, x, y, x + bar_width - 1, y + side, orange);
  int left = x + bar_width;
  for (const Image* tile : {&cell.projection, &cell.patch}) {
    fill_box(block, left, y, left + side, y + side, tile->width == 0 ? faint : grey);
    if (tile->width > 0) paste(block, *tile, left + (side - tile->width) / 2, y + (side - tile->height) / 2);
    left += side + tile_gap;
  }
}

Figure draw_block(const Evolution& evolution, const ValueEvolution& value, int side) {
  const int columns = static_cast<int>(evolution.snapshots.size());
  const int head = title_height + small_text_height + 12;
  const int width = name_width + columns * cell_width(side);
  Figure block(width, head + static_cast<int>(value.channels.size()) * (side + row_gap) + 12, white);
  draw_text(block, 0, 0, value.value, title_height, ink, Weight::bold);
  for (int s = 0; s < columns; ++s) {
    const int middle = name_width + s * cell_width(side) + bar_width + side;
    draw_centred(block, middle, title_height + 6,
                 "epoch " + std::to_string(evolution.snapshots[static_cast<std::size_t>(s)].epoch), small_text_height,
                 soft_ink);
  }
  for (std::size_t c = 0; c < value.channels.size(); ++c) {
    const int y = head + static_cast<int>(c) * (side + row_gap);
    draw_flush_right(block, name_width - 8, y + (side - text_height) / 2, std::to_string(value.channels[c]),
                     text_height, ink);
    for (int s = 0; s < columns; ++s) {
      draw_cell(block, value.cells[c][static_cast<std::size_t>(s)], name_width + s * cell_width(side), y, side);
    }
  }
  return block;
}

Figure draw_curves(const Evolution& evolution, const std::string& title, std::vector<double> ValueEvolution::*figure,
                   int width, std::optional<double> up_to) {
  constexpr int height = 340;
  Plot plot{.title = title, .x_label = "epoch", .from_zero = true, .width = width, .height = height, .up_to = up_to};
  for (std::size_t v = 0; v < evolution.values.size(); ++v) {
    Line line{.label = evolution.values[v].value, .colour = line_colour(v)};
    for (std::size_t s = 0; s < evolution.snapshots.size(); ++s) {
      line.x.push_back(static_cast<double>(evolution.snapshots[s].epoch));
      line.y.push_back((evolution.values[v].*figure)[s]);
    }
    plot.lines.push_back(std::move(line));
  }
  return draw_plot(plot);
}

Figure beside(const Figure& left, const Figure& right) {
  Figure both(left.width + right.width, std::max(left.height, right.height), white);
  paste(both, left, 0, 0);
  paste(both, right, left.width, 0);
  return both;
}

}  // namespace

Figure draw_evolution(const Evolution& evolution, std::string_view title) {
  const int side = tile_side(evolution);
  const int columns = static_cast<int>(evolution.snapshots.size());
  constexpr int least_width = 960;  // two plots that can be read
  const int width = std::max(name_width + columns * cell_width(side), least_width);
  std::vector<Figure> strips{
      text_strip({std::string(title)}, title_height, ink, false, width, Weight::bold),
      text_strip({"Of each channel the strongest of " + std::to_string(evolution.pictures) +
                  " pictures at that snapshot: what in it the unit answers to (left, contrast stretched to the whole "
                  "scale), and the patch itself. An orange bar: another picture than before."},
                 text_height, soft_ink, false, width)};
  for (const ValueEvolution& value : evolution.values) {
    if (!value.channels.empty()) strips.push_back(draw_block(evolution, value, side));
  }
  strips.push_back(
      beside(draw_curves(evolution, "answers' correlation with the last", &ValueEvolution::correlation, width / 2, 1.0),
             draw_curves(evolution, "channels with their last picture", &ValueEvolution::settled, width / 2, 1.0)));
  strips.push_back(
      draw_curves(evolution, "weights' distance from the last", &ValueEvolution::weights, width / 2, std::nullopt));
  int height = 2 * margin;
  for (const Figure& strip : strips) height += strip.height + row_gap;
  Figure page(width + 2 * margin, height, white);
  int y = margin;
  for (const Figure& strip : strips) {
    paste(page, strip, margin, y);
    y += strip.height + row_gap;
  }
  return page;
}

}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "shared/matrix_picture.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "image/page.h"

namespace fovea::cli {
namespace {

constexpr int largest_side = 900;  // px of all cells
constexpr int name_height = 15;
constexpr int margin = 20;

/// White to blue; blue over white to red where negative numbers count.
Colour shade(double value, bool diverging) {
  if (diverging) return colour_of("diverging", 0.5 + 0.5 * std::clamp(value, -1.0, 1.0));
  const double t = std::sqrt(std::clamp(value, 0.0, 1.0));  // small shares must be seen
  const auto mix = [&](double white, double full) {
    return static_cast<std::uint8_t>(std::lround(white + t * (full - white)));
  };
  return {mix(255, 12), mix(255, 74), mix(255, 150)};
}

int widest(const std::vector<std::string>& names) {
  int width = 0;
  for (const std::string& name : names) width = std::max(width, text_width(name, name_height));
  return width;
}

/// Draws cells with gaps between them and numbers within, or, where they are small, as one picture.
void draw_cells(Figure& image, const MatrixPicture& matrix, const Tensor& values, int left, int above, int cell) {
  constexpr int small = 14;
  constexpr int least_with_number = 26;
  const int rows = static_cast<int>(values.size(0));
  const int columns = static_cast<int>(values.size(1));
  const auto value_at = values.accessor<double, 2>();
  if (cell <= small) {
    Image all = make_image(columns, rows);
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < columns; ++c) {
        const Colour colour = shade(value_at[r][c], matrix.diverging);
        std::copy(colour.begin(), colour.end(), all.at(c, r));
      }
    }
    return paste(image, resize(all, columns * cell, rows * cell, Interpolation::nearest), left, above);
  }
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const double value = value_at[r][c];
      const int x = left + c * cell;
      const int y = above + r * cell;
      fill_box(image, x, y, x + cell - 1, y + cell - 1, shade(value, matrix.diverging));
      if (!matrix.numbers.defined() || cell < least_with_number || matrix.numbers[r][c].item<double>() == 0) continue;
      const std::string text = fmt::format("{:.0f}", matrix.numbers[r][c].item<double>());
      const int height = cell > 34 ? name_height : 12;
      draw_centred(image, x + cell / 2.0, y + (cell - height) / 2, text, height,
                   value > 0.3 ? page_style::white : page_style::ink);
    }
  }
}

}  // namespace

Figure draw_matrix(const MatrixPicture& matrix) {
  using page_style::ink;
  using page_style::white;
  const Tensor values = matrix.values.to(at::kDouble).contiguous();
  const int rows = static_cast<int>(values.size(0));
  const int columns = static_cast<int>(values.size(1));
  const int cell = std::clamp(largest_side / std::max({rows, columns, 1}), 1, 52);
  const bool named = cell >= name_height;
  const int left = margin + (named ? widest(matrix.rows) + 30 : 30);
  const int above = margin + page_style::title_height + 14 + (named ? widest(matrix.columns) + 30 : 30);
  const int width = std::max(left + columns * cell + margin,
                             2 * margin + text_width(matrix.title, page_style::title_height, Weight::bold));
  Figure image(width, above + rows * cell + margin, white);
  draw_text(image, margin, margin, matrix.title, page_style::title_height, ink, Weight::bold);
  draw_text(image, left, margin + page_style::title_height + 10, matrix.column_title, name_height,
            page_style::soft_ink);
  draw_upwards(image, 6, above + text_width(matrix.row_title, name_height), matrix.row_title, name_height,
               page_style::soft_ink);
  draw_cells(image, matrix, values, left, above, cell);
  for (int r = 0; named && r < std::min(rows, static_cast<int>(matrix.rows.size())); ++r) {
    draw_flush_right(image, left - 8, above + r * cell + (cell - name_height) / 2,
                     matrix.rows[static_cast<std::size_t>(r)], name_height, ink);
  }
  for (int c = 0; named && c < std::min(columns, static_cast<int>(matrix.columns.size())); ++c) {
    const std::string& name = matrix.columns[static_cast<std::size_t>(c)];
    draw_upwards(image, left + c * cell + (cell - name_height) / 2, above - 8, name, name_height, ink);
  }
  return image;
}

}  // namespace fovea::cli

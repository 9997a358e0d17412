// The channels of deeper layers' filters one by one: the slice w[k,c] in row k and column c, v = 128 + 127 w / max |w|.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fovea/filters.h>

#include "filters/tiles.h"
#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr int slice_gap = 2;
constexpr std::int64_t most_drawn_slices = 64;  // rows and columns: smaller slices could not be told apart
constexpr int numbers_width = 38;
constexpr int largest_tile = 64;

/// A step between written numbers so that they do not touch.
std::int64_t number_step(int pitch, int room) {
  std::int64_t step = 1;
  while (static_cast<int>(step) * pitch < room) step *= 2;
  return step;
}

void draw_numbers(Figure& strip, std::int64_t rows, std::int64_t columns, int pitch_x, int pitch_y, int top) {
  const std::int64_t step_x = number_step(pitch_x, text_width("63", small_text_height) + 4);
  for (std::int64_t c = 0; c < columns; c += step_x) {
    draw_centred(strip, numbers_width + (static_cast<double>(c) + 0.5) * pitch_x - slice_gap / 2.0,
                 top - small_text_height - 2, std::to_string(c), small_text_height, soft_ink);
  }
  const std::int64_t step_y = number_step(pitch_y, small_text_height);
  for (std::int64_t k = 0; k < rows; k += step_y) {
    const int y = top + static_cast<int>(k) * pitch_y + (pitch_y - slice_gap - small_text_height) / 2;
    draw_flush_right(strip, numbers_width - 8, y, std::to_string(k), small_text_height, soft_ink);
  }
}

Figure slices_strip(const FilterReport& report, bool common_scale) {
  const Tensor& weights = report.weights;
  const std::int64_t rows = std::min(most_drawn_slices, weights.size(0));
  const std::int64_t columns = std::min(most_drawn_slices, weights.size(1));
  const int room = (content_width - numbers_width) / static_cast<int>(columns) - slice_gap;
  const auto [width, height] = tile_size(weights, std::min(room, largest_tile));
  constexpr int top = 2 * small_text_height + 6;
  Figure strip(content_width, top + static_cast<int>(rows) * (height + slice_gap), white);
  draw_text(strip, numbers_width, 0, "input channels; a row per filter", small_text_height, soft_ink);
  draw_numbers(strip, rows, columns, width + slice_gap, height + slice_gap, top);
  const double largest = weights.abs().max().item<double>();
  for (std::int64_t k = 0; k < rows; ++k) {
    const int y = top + static_cast<int>(k) * (height + slice_gap);
    const double scale = common_scale ? largest : weights[k].abs().max().item<double>();
    for (std::int64_t c = 0; c < columns; ++c) {
      const Image slice = draw_filter(weights[k].narrow(0, c, 1), "RGB", scale);
      const Interpolation interpolation = width < slice.width ? Interpolation::area : Interpolation::nearest;
      paste(strip, resize(slice, width, height, interpolation),
            numbers_width + static_cast<int>(c) * (width + slice_gap), y);
    }
    if (report.filters[static_cast<std::size_t>(k)].dead)
      cross_out(strip, numbers_width, y, static_cast<int>(columns) * (width + slice_gap) - slice_gap, height);
  }
  return strip;
}

std::string remarks_on(const FilterReport& report, bool common_scale) {
  std::string remark = common_scale ? "Mid-grey is 0; all slices are on one scale."
                                    : "Mid-grey is 0; each filter's slices are on one scale of their own.";
  const auto add = [&](std::int64_t all, const std::string& what) {
    if (all > most_drawn_slices)
      remark += "  The first " + std::to_string(most_drawn_slices) + " of " + std::to_string(all) + " " + what + ".";
  };
  add(report.weights.size(0), "filters");
  add(report.weights.size(1), "input channels");
  return remark + (report.dead > 0 ? "  Crossed out: dead." : "");
}

}  // namespace

Figure draw_filter_slices(const FilterReport& report, const FilterPicture& picture) {
  std::vector<Figure> strips;
  if (!picture.title.empty()) strips.push_back(title_strip(picture.title));
  strips.push_back(text_strip({remarks_on(report, picture.common_scale)}, small_text_height, soft_ink));
  strips.push_back(slices_strip(report, picture.common_scale));
  strips.push_back(text_strip(report.verdict, text_height, ink, true));
  return page_of(strips);
}

}  // namespace fovea

// Filters beside the places of pictures that excite them most, and how often each activation occurs.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include <fovea/filters.h>

#include "filters/plots.h"
#include "filters/tiles.h"
#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr std::int64_t most_drawn_watched = 128;
constexpr int columns = 2;
constexpr int tile = 56;
constexpr int patch_gap = 4;
constexpr int row_height = tile + 8;
constexpr int words_width = 72;
constexpr int block_width = (content_width - margin) / columns;
constexpr std::size_t most_patches = 5;
constexpr Colour outside{236, 236, 236};

/// Draws a patch so that the whole field takes the tile; what lay beyond the picture's border is light grey.
Figure patch_tile(const ExcitingPatch& patch, const std::array<std::int64_t, 2>& field) {
  Figure placed(static_cast<int>(field[1]), static_cast<int>(field[0]), outside);
  paste(placed, patch.image, static_cast<int>(patch.place[1]), static_cast<int>(patch.place[0]));
  const Image whole = rasterise(placed);
  const std::int64_t longer = std::max(field[0], field[1]);
  const double zoom = static_cast<double>(tile) / static_cast<double>(longer);
  Figure drawn = resize(whole, std::max(1, static_cast<int>(std::lround(static_cast<double>(field[1]) * zoom))),
                        std::max(1, static_cast<int>(std::lround(static_cast<double>(field[0]) * zoom))),
                        zoom < 1   ? Interpolation::area
                        : zoom > 3 ? Interpolation::nearest
                                   : Interpolation::cubic);
  outline_box(drawn, 0, 0, drawn.width, drawn.height, faint);  // a white patch on a white page
  return drawn;
}

/// Draws the histogram up to the largest activation; heights are logarithmic, for strong activations are rare.
void draw_histogram(Figure& strip, int left, int top, int width, int height, const FilterActivity& filter) {
  fill_box(strip, left, top + height, left + width, top + height + 1, soft_ink);
  if (filter.range <= 0) return;
  const auto bins = static_cast<double>(filter.histogram.size());
  const auto used = static_cast<std::size_t>(std::ceil(filter.maximum / filter.range * bins - 1e-9));
  const std::int64_t most = *std::max_element(filter.histogram.begin(), filter.histogram.end());
  const double full = std::log1p(static_cast<double>(most));
  for (int x = 0; x < width; ++x) {
    const auto bin =
        static_cast<std::size_t>(static_cast<double>(x) / width * static_cast<double>(std::max<std::size_t>(1, used)));
    const double share =
        std::log1p(static_cast<double>(filter.histogram[std::min(bin, filter.histogram.size() - 1)])) / full;
    fill_box(strip, left + x, top + height - static_cast<int>(std::lround(share * height)), left + x + 1, top + height,
             filter_style::live);
  }
}

std::string active_text(const FilterActivity& filter) {
  const double share =
      100 * static_cast<double>(filter.active) / static_cast<double>(std::max<std::int64_t>(1, filter.places));
  return "on " + brief(share, 2) + " %";
}

/// Where the parts of a filter's row begin, px from the row's left.
constexpr int filter_left = words_width + 2;
constexpr int patches_left = filter_left + tile + 3 * patch_gap;
constexpr int histogram_left = patches_left + static_cast<int>(most_patches) * (tile + patch_gap) + 2 * patch_gap;

Figure row_of(const FilterReport& report, const Drawable& shown, std::int64_t filter, const FilterWatch& watch,
              double scale) {
  const FilterActivity& activity = watch.filters()[static_cast<std::size_t>(filter)];
  Figure row(block_width, row_height, white);
  draw_text(row, 0, 0, std::to_string(filter), small_text_height, ink);
  draw_text(row, 0, 20, "max " + brief(activity.maximum, 2), small_text_height - 1, soft_ink);
  draw_text(row, 0, 38, active_text(activity), small_text_height - 1, soft_ink);
  const auto [width, height] = tile_size(shown.filters, tile);
  paste(row, filter_tile(report, shown, filter, width, height, scale), filter_left + (tile - width) / 2,
        (tile - height) / 2);
  const std::size_t patches = std::min(most_patches, activity.patches.size());
  for (std::size_t i = 0; i < patches; ++i) {
    paste(row, patch_tile(activity.patches[i], watch.field()), patches_left + static_cast<int>(i) * (tile + patch_gap),
          0);
  }
  draw_histogram(row, histogram_left, 2, block_width - histogram_left - 4, tile - 4, activity);
  return row;
}

Figure rows_strip(const FilterReport& report, const Drawable& shown, const FilterWatch& watch, double scale) {
  const std::int64_t count = std::min(most_drawn_watched, shown.filters.size(0));
  const auto rows = static_cast<int>((count + columns - 1) / columns);
  constexpr int top = small_text_height + 6;
  Figure strip(content_width, top + rows * row_height, white);
  for (int column = 0; column < columns; ++column) {
    const int left = column * (block_width + margin);
    draw_text(strip, left + filter_left, 0, "filter", small_text_height, soft_ink);
    draw_text(strip, left + patches_left, 0, "what excites it most, strongest first", small_text_height, soft_ink);
    draw_flush_right(strip, left + block_width - 4, 0, "activations", small_text_height, soft_ink);
  }
  for (std::int64_t k = 0; k < count; ++k) {  // down the first column, then down the second
    paste(strip, row_of(report, shown, k, watch, scale), static_cast<int>(k / rows) * (block_width + margin),
          top + static_cast<int>(k % rows) * row_height);
  }
  return strip;
}

std::vector<std::string> words_on(const FilterReport& report, const Drawable& shown, const FilterWatch& watch,
                                  bool common_scale) {
  const std::string pictures = std::to_string(watch.pictures()) + (watch.pictures() == 1 ? " picture" : " pictures");
  const std::string side = std::to_string(watch.field()[0]) + "x" + std::to_string(watch.field()[1]) + " px";
  std::vector<std::string> words{
      "Beside each filter, the patch of " + side + " in each of " + pictures + " that excites it most, read at '" +
      watch.read_at() +
      "'; light grey lies beyond the picture's border. max: its largest activation; on: the share of " +
      "places where it is above 0; activations: how often each strength from 0 to max occurs there (logarithmic)."};
  std::string remark = common_scale ? "Filters: mid-grey is 0, all are on one scale."
                                    : "Filters: mid-grey is 0, each is on its own scale.";
  if (shown.filters.size(0) > most_drawn_watched)
    remark += "  The first " + std::to_string(most_drawn_watched) + " of " + std::to_string(shown.filters.size(0)) +
              " filters.";
  const std::string marks = marks_remark(report, shown);
  words.push_back(remark + (marks.empty() ? "" : "  " + marks));
  return words;
}

}  // namespace

Figure draw_watched_filters(const FilterReport& report, const FilterWatch& watch, const FilterPicture& picture) {
  const Drawable shown = drawable(report.weights, picture.channels);
  const double scale = picture.common_scale ? shown.filters.abs().max().item<double>() : 0;
  std::vector<Figure> strips;
  if (!picture.title.empty()) strips.push_back(title_strip(picture.title));
  strips.push_back(text_strip(words_on(report, shown, watch, picture.common_scale), small_text_height, soft_ink));
  strips.push_back(rows_strip(report, shown, watch, scale));
  strips.push_back(plot_strip(report));
  strips.push_back(text_strip(report.verdict, text_height, ink, true));
  return page_of(strips);
}

}  // namespace fovea

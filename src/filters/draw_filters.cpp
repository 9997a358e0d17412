// A picture of filters and of what is to be said of them: the filters in a grid, plots of their spectra, the verdict.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fovea/filters.h>

#include "filters/tiles.h"
#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr int gap = 6;  // between tiles
constexpr std::int64_t most_drawn = 512;

int columns_for(std::int64_t filters) { return filters <= 16 ? 8 : filters <= 128 ? 16 : 32; }

/// Draws all filters in rows; tiles are whole multiples of the kernel where it is small, so that weights stay square.
Figure grid_strip(const FilterReport& report, const Drawable& shown, bool common_scale) {
  const std::int64_t count = std::min(most_drawn, shown.filters.size(0));
  const int columns = columns_for(count);
  const auto [width, height] = tile_size(shown.filters, (content_width - (columns - 1) * gap) / columns);
  const int rows = static_cast<int>((count + columns - 1) / columns);
  Figure strip(content_width, rows * (height + gap) - gap, white);
  const double scale = common_scale ? shown.filters.abs().max().item<double>() : 0;
  const int pitch = (content_width - width) / std::max(1, columns - 1);
  for (std::int64_t k = 0; k < count; ++k) {
    paste(strip, filter_tile(report, shown, k, width, height, scale), static_cast<int>(k % columns) * pitch,
          static_cast<int>(k / columns) * (height + gap));
  }
  return strip;
}

std::string rms_range(const FilterReport& report, const std::string& head) {
  const auto smaller = [](const FilterFigures& a, const FilterFigures& b) { return a.rms < b.rms; };
  const auto [least, most] = std::minmax_element(report.filters.begin(), report.filters.end(), smaller);
  return head + ": RMS " + brief(least->rms) + " to " + brief(most->rms) + ", all filters on one scale";
}

std::string remarks_on(const FilterReport& report, const Drawable& shown, bool common_scale) {
  std::string remark =
      common_scale ? "Mid-grey is 0; all filters are on one scale." : "Mid-grey is 0; each filter is on its own scale.";
  const std::int64_t count = shown.filters.size(0);
  if (count > most_drawn)
    remark += "  The first " + std::to_string(most_drawn) + " of " + std::to_string(count) + " filters.";
  const std::string marks = marks_remark(report, shown);
  return remark + (marks.empty() ? "" : "  " + marks);
}

}  // namespace

Figure draw_filters(const FilterReport& report, const FilterPicture& picture, const FilterReport* before) {
  std::vector<Figure> strips;
  if (!picture.title.empty()) strips.push_back(title_strip(picture.title));
  const Drawable shown = drawable(report.weights, picture.channels);
  if (before != nullptr) {
    strips.push_back(text_strip({rms_range(*before, "Before")}, text_height, ink));
    strips.push_back(grid_strip(*before, drawable(before->weights, picture.channels), true));
    strips.push_back(text_strip({rms_range(report, "Renormalised")}, text_height, ink));
  }
  const bool common_scale = before != nullptr || picture.common_scale;
  strips.push_back(grid_strip(report, shown, common_scale));
  strips.push_back(text_strip({remarks_on(report, shown, common_scale)}, small_text_height, soft_ink));
  strips.push_back(plot_strip(report));
  strips.push_back(text_strip(report.verdict, text_height, ink, true));
  return page_of(strips);
}

}  // namespace fovea

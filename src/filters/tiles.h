// What the pictures of filters are made of: filters as they are drawn, their marks, the plots below them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fovea/filters.h>

namespace fovea {

/// Filters as they are drawn, [K,1 or 3,kh,kw], and a remark when they are not the weights themselves.
struct Drawable {
  Tensor filters;
  std::string channels;
  std::string remark;
};

/// Returns filters of 1 or 3 channels as they are, others projected on their three principal directions.
Drawable drawable(const Tensor& weights, const std::string& channels);

/// Draws one filter in a tile of a size; without a `scale` on its own. Marks a dead one by a cross and an aliased one
/// by a corner.
Figure filter_tile(const FilterReport& report, const Drawable& shown, std::int64_t filter, int width, int height,
                   double scale);

/// Returns the size of a tile for filters [K,C,kh,kw] in so much room: a whole multiple of the kernel where it fits.
std::array<int, 2> tile_size(const Tensor& filters, int room);

/// Crosses a box out, as dead.
void cross_out(Figure& image, int x, int y, int width, int height);

/// Says what the marks mean, as far as they occur; begins with the drawable's own remark.
std::string marks_remark(const FilterReport& report, const Drawable& shown);

/// Draws where the spectra peak: the histogram and the plane of frequencies.
Figure plot_strip(const FilterReport& report);

}  // namespace fovea

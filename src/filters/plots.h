// Plots of where filters' spectra peak.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fovea/figure.h>
#include <fovea/filters.h>

namespace fovea {

/// Colours that only the picture of filters has, beside those of `page_style`.
namespace filter_style {
inline constexpr Colour shade{255, 241, 224};   ///< ground of what the stride folds
inline constexpr Colour live{49, 104, 163};     ///< blue
inline constexpr Colour aliased{230, 126, 20};  ///< orange
inline constexpr Colour dead{200, 30, 40};      ///< red
}  // namespace filter_style

/// Draws how many live filters peak at which radial frequency, with the bands and the stride's Nyquist limit.
Figure frequency_histogram(const FilterReport& report, int width, int height);

/// Draws the plane of frequencies, a dot where live filters peak (and its mirror), larger for more of them, with the
/// rectangle that the stride does not fold; [size,size] plus its labels.
Figure frequency_plane(const FilterReport& report, int width, int height);

}  // namespace fovea

// Plots of where filters' spectra peak, and what drawing them takes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fovea/filters.h>
#include <fovea/image.h>

namespace fovea {

/// Colours and sizes of the picture of filters.
namespace filter_style {
inline constexpr Colour white{255, 255, 255};
inline constexpr Colour ink{32, 32, 32};
inline constexpr Colour soft_ink{110, 110, 110};
inline constexpr Colour faint{224, 224, 224};
inline constexpr Colour shade{255, 241, 224};   ///< ground of what the stride folds
inline constexpr Colour live{49, 104, 163};     ///< blue
inline constexpr Colour aliased{230, 126, 20};  ///< orange
inline constexpr Colour dead{200, 30, 40};      ///< red
inline constexpr int text_height = 17;          ///< px
inline constexpr int title_height = 24;
inline constexpr int small_text_height = 15;
}  // namespace filter_style

/// Fills the rectangle [x0,x1) x [y0,y1), cut off at the picture's borders.
void fill_box(Image& image, int x0, int y0, int x1, int y1, Colour colour);
/// Draws a smooth line.
void draw_line(Image& image, double x0, double y0, double x1, double y1, Colour colour, int thickness = 1);
/// Draws a smooth filled disc.
void draw_disc(Image& image, double x, double y, double radius, Colour colour);

/// Draws how many live filters peak at which radial frequency, with the bands and the stride's Nyquist limit.
Image frequency_histogram(const FilterReport& report, int width, int height);

/// Draws the plane of frequencies, a dot where live filters peak (and its mirror), larger for more of them, with the
/// rectangle that the stride does not fold; [size,size] plus its labels.
Image frequency_plane(const FilterReport& report, int width, int height);

}  // namespace fovea

// Plots of figures over a common axis, drawn as figures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/figure.h>

namespace FOVEA_API fovea {

/// One line of a plot.
struct Line {
  std::string label;
  std::vector<double> x;
  std::vector<double> y;  ///< as many as `x`; gaps where not finite
  Colour colour = {0, 0, 0};
};

/// A plot of lines.
struct Plot {
  std::string title;
  std::string x_label;
  std::vector<Line> lines;
  bool from_zero = false;  ///< the y axis begins at 0
  int width = 640;
  int height = 360;
  std::optional<double> up_to = {};  ///< the y axis reaches to here at least
};

/// Colours that can be told apart, also by the colour-blind (Okabe and Ito 2008), again from the start after the last.
Colour line_colour(std::size_t index);

/// Draws a plot on white: axes with round numbers, a grid, each line with its label at its end.
Figure draw_plot(const Plot& plot);

/// Lays figures of one width below each other.
Figure stack_figures(const std::vector<Figure>& figures);

}  // namespace fovea

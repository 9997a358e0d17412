// Pictures of a map of a data set: points in the colours of their classes, pictures where they lie, and one picture per
// cell of a grid.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/figure.h>
#include <fovea/image.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// An arrow of a biplot.
struct MapArrow {
  double x = 0;
  double y = 0;
  std::string label;
};

/// What a map is drawn from.
struct MapPoints {
  Tensor layout;                     ///< [N,2]
  std::vector<std::int64_t> labels;  ///< one per point; -1: none
  std::vector<std::string> names;    ///< of the labels
};

/// Returns a small picture of a point, any size.
using Thumbnail = std::function<Image(std::int64_t point)>;

/// Draws points in the colours of their classes, with a legend and, for a biplot, arrows from the middle.
Figure draw_scatter(const MapPoints& points, const std::string& title, const std::string& x_label = {},
                    const std::string& y_label = {}, const std::vector<MapArrow>& arrows = {});

/// Lays pictures of `side` px down where they lie on a canvas of `size` px, as many as there is room for: one that
/// would cover another by more than half is left out. Frames have the colours of their classes.
Figure draw_pictures_at(const MapPoints& points, const Thumbnail& thumbnail, int size = 1600, int side = 40);

/// Draws one picture per cell: `cells` [rows,columns] holds point numbers.
Figure draw_picture_grid(const MapPoints& points, const Tensor& cells, const Thumbnail& thumbnail, int side = 40);

/// Returns the colour of a class, as the pictures of a map have it.
Colour class_colour(std::int64_t label);

}  // namespace fovea

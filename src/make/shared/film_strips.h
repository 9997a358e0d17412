// Walks along great circles as film strips: one row per direction, the optimum in the middle.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fovea/figure.h>

#include "make/shared/sphere.h"

namespace fovea::make {

/// Choices of the walks.
struct StripOptions {
  double fraction = 0.5;     ///< of the activation at the optimum, at which a walk ends
  double largest_angle = 1;  ///< radians
  std::int64_t frames = 3;   ///< on each side
  std::function<void(std::int64_t done)> watch = {};
};

/// One direction to walk in.
struct NamedCurvature {
  std::string name;  ///< "selective_1"
  Curvature curvature;
};

/// One row.
struct Strip {
  std::string name;
  Curvature curvature;
  SphereWalk back;             ///< against the direction
  SphereWalk on;               ///< along it
  std::vector<double> angles;  ///< of the frames, radians, from the end of `back` to that of `on`
  std::vector<double> values;  ///< of f there
  Tensor points;               ///< [frames,n]
};

/// The activation at which walks end: `fraction` of the optimum's where that is above 0; in general that less
/// (1 - fraction) of its magnitude.
double level_of(double at_optimum, double fraction);

/// Returns the curvature per radian squared, as a share of the activation's magnitude: what depends neither on the
/// radius nor on the unit's scale.
double relative_curvature(double curvature, double radius, double activation);

/// Walks along every direction from x.
std::vector<Strip> walk_strips(const UnitFunction& f, const Tensor& x, const std::vector<NamedCurvature>& directions,
                               const StripOptions& options);

/// Draws strips under a title: the direction itself, then the frames, each with its angle and activation.
Figure draw_strips(const UnitFunction& f, const std::vector<Strip>& strips, std::string_view title);

/// Tabulates strips: curvatures, residuals, where the quadratic form foresees the end and where it is.
std::vector<std::vector<std::string>> tabulate_strips(const std::vector<Strip>& strips, double fraction);

/// Returns a film that swings along all strips at once, `count` frames for one period.
std::vector<Image> swing(const UnitFunction& f, const std::vector<Strip>& strips, std::int64_t count);

/// Returns the part of pictures [N,3,H,W] that is free.
Tensor free_part(const PictureSpace& space, const Tensor& pictures);

}  // namespace fovea::make

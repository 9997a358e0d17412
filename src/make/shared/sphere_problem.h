// What is set up before a unit is climbed on a sphere of pictures: which unit, what it sees, the network in the wanted
// precision, its smooth copy, and where to begin.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/make.h>

#include "core/soften.h"
#include "make/shared/sphere.h"

namespace fovea::make {

/// A place to begin at.
struct SphereStart {
  Tensor point;  ///< [n], on the sphere
  double radius = 0;
};

/// The network, its smooth copy, and where the climb begins.
struct SphereProblem {
  std::string label;  ///< of the unit
  UnitFunction network;
  UnitFunction copy;
  Softened softened;  ///< the copy's graph, and what was replaced in it
  SphereStart start;
};

/// Reads `at`, `class`, `objective`, `size`, `precision`, `frequencies`, `radius`, `tried` and `beta`; the call's first
/// picture, where it has one, is the start and says the radius. Throws `Error(usage)` unless exactly one unit is asked
/// for.
SphereProblem sphere_problem(const MakeCall& call);

}  // namespace fovea::make

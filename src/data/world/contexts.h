// Contexts: small marks and things that can be planted beside an object, to see whether a network leans on them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "data/world/palette.h"
#include "data/world/shapes.h"

namespace fovea::world {

/// A kind of context.
struct ContextKind {
  std::string_view label;
  void (*sketch)(Sketch&, double reach);  ///< `reach`, in units: how far an arm comes from
  Palette (*palette)(RandomStream&);
  double extent;  ///< longer side as a share of the picture's
  float opacity;
  bool reaching;  ///< comes from outside and touches the object
};

/// Returns all kinds in alphabetical order.
std::span<const ContextKind> context_kinds();

}  // namespace fovea::world

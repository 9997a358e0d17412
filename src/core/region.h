// Arithmetic of regions, and walks of them along a graph: which part of one value another value depends on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/graph.h>
#include <fovea/op.h>
#include <fovea/trace.h>

namespace fovea {

/// Number of leading axes (batch, channels) that a region does not speak of.
inline constexpr std::size_t first_spatial_axis = 2;

/// Returns the region that covers a value of this shape.
Region whole_region(const Shape& shape);
/// Returns the part of a region that lies inside a value of this shape.
Region clip(const Region& region, const Shape& shape);
/// Returns the smallest box that covers both.
Region bounding_union(const Region& a, const Region& b);

/// The shapes and small constants of one run, by value: what geometry is computed from.
struct Shapes {
  std::vector<Shape> shapes;     ///< empty where the run did not keep the value
  std::vector<Tensor> integers;  ///< integer values of the run (pads, sizes), undefined elsewhere
};

/// Collects the shapes and small constants of a run.
Shapes shapes_of(const Trace& trace);

/// How regions are walked back.
struct NeededOptions {
  bool clipped = true;    ///< cut at the borders at every step
  bool overlaps = false;  ///< at a max-pool also what the windows read that share places with the wanted ones: rules
                          ///< that place values at switches (deconvnet) ask who else won there
};

/// Returns the part of every value that part `of` of value `of_value` needs (empty regions where it needs nothing), by
/// walking `needed` back from it.
std::vector<Region> needed_regions(const Graph& graph, const Shapes& shapes, ValueId of_value, const Region& of,
                                   const NeededOptions& options = {});

/// Returns the part of every value that part `of` of value `of_value` touches, by walking `affected` forward.
std::vector<Region> affected_regions(const Graph& graph, const Shapes& shapes, ValueId of_value, const Region& of);

}  // namespace fovea

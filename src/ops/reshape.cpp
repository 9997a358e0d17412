// The same elements, row by row, in another shape: 0 copies an extent (with allowzero = 1 it means 0), -1 takes what
// is left (ONNX: Reshape). A file made for one picture names batch 1; with more pictures that first extent grows with
// them.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fovea/op.h>

#include "core/region.h"
#include "ops/shapes.h"

namespace fovea::ops::reshape {
namespace {

constexpr std::int64_t the_rest = -1;

/// Replaces zeros and the one -1 by numbers.
Shape resolve(const Call& call, const Tensor& x, const Shape& asked) {
  const bool copy_zeros = call.attributes().integer("allowzero", 0) == 0;
  Shape shape = asked;
  std::int64_t known = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 0 && copy_zeros) {
      if (axis >= static_cast<std::size_t>(x.dim())) {
        fail(ErrorKind::shape, call.node,
             "shape " + spell(asked) + " copies axis " + std::to_string(axis) + " of an input of shape " +
                 spell(x.sizes().vec()));
      }
      shape[axis] = x.size(static_cast<std::int64_t>(axis));
    }
    if (shape[axis] != the_rest) known *= shape[axis];
  }
  const auto rest = std::find(shape.begin(), shape.end(), the_rest);
  if (rest != shape.end() && known != 0) *rest = x.numel() / known;
  return shape;
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const Shape asked = call.integers(1);
  Shape shape = resolve(call, x, asked);
  const bool for_one_picture = !asked.empty() && asked[0] == 1 && x.dim() > 0;
  if (for_one_picture && count_of(shape) * x.size(0) == x.numel()) shape[0] = x.size(0);
  if (count_of(shape) != x.numel()) {
    fail(ErrorKind::shape, call.node,
         "an input of shape " + spell(x.sizes().vec()) + " does not fit shape " + spell(asked));
  }
  return {x.reshape(shape)};
}

/// Tells whether positions stay where they are: the axes, counted from the last, that are spatial in both shapes have
/// the same extents (channels may be regrouped).
bool keeps_positions(const Shape& a, const Shape& b) {
  for (std::size_t back = 1; back + first_spatial_axis <= std::min(a.size(), b.size()); ++back) {
    if (a[a.size() - back] != b[b.size() - back]) return false;
  }
  return true;
}

const Geometry& geometry_of(const Placed& placed, std::size_t i) {
  const bool local = i == 0 && keeps_positions(placed.input_shapes[0], placed.output_shapes[0]);
  return local ? pointwise_geometry : whole_geometry;
}

constexpr Geometry geometry{
    .affected = [](const Placed& placed, std::size_t i,
                   const Region& of_input) { return geometry_of(placed, i).affected(placed, i, of_input); },
    .needed = [](const Placed& placed, std::size_t i,
                 const Region& of_output) { return geometry_of(placed, i).needed(placed, i, of_output); },
};

}  // namespace

extern constinit const Op descriptor{.name = "reshape",
                                     .onnx = "Reshape",
                                     .caffe = "Reshape",
                                     .kind = Kind::layout,
                                     .forward = forward,
                                     .geometry = &geometry};

}  // namespace fovea::ops::reshape

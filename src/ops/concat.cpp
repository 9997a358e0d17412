// Joins inputs along an axis (ONNX: Concat). Along a spatial axis each input's positions are shifted by the extents of
// those before it.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>

#include <algorithm>

#include <fovea/op.h>

#include "core/region.h"
#include "ops/checks.h"

namespace fovea::ops::concat {
namespace {

constexpr std::int64_t default_axis = 1;

Outputs forward(const Call& call) {
  const std::vector<Tensor> parts(call.inputs.begin(), call.inputs.end());
  const std::int64_t axis = call.attributes().integer("axis", default_axis);
  return {at::cat(parts, resolve_axis(call.node, axis, call.input(0).dim()))};
}

/// Where one input lies in the output, along the axis of joining.
struct Place {
  std::size_t axis;
  std::int64_t offset = 0;
};

Place place_of(const Placed& placed, std::size_t i) {
  const auto rank = static_cast<std::int64_t>(placed.output_shapes[0].size());
  const std::int64_t axis = placed.node.attributes.integer("axis", default_axis);
  Place place{.axis = static_cast<std::size_t>(resolve_axis(placed.node, axis, rank))};
  for (std::size_t before = 0; before < i; ++before) place.offset += placed.input_shapes[before][place.axis];
  return place;
}

Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  const Place place = place_of(placed, i);
  Region region = of_input;
  if (region.empty || place.axis < first_spatial_axis) return region;
  Extent& extent = region.extents[place.axis - first_spatial_axis];
  extent.begin += place.offset;
  extent.end += place.offset;
  return region;
}

Region needed(const Placed& placed, std::size_t i, const Region& of_output) {
  const Place place = place_of(placed, i);
  Region region = of_output;
  if (region.empty || place.axis < first_spatial_axis) return region;
  Extent& extent = region.extents[place.axis - first_spatial_axis];
  extent.begin -= place.offset;
  extent.end -= place.offset;
  // beyond an inner border lie the neighbours, not padding
  if (i > 0) extent.begin = std::max<std::int64_t>(extent.begin, 0);
  if (i + 1 < placed.input_shapes.size()) extent.end = std::min(extent.end, placed.input_shapes[i][place.axis]);
  if (extent.begin >= extent.end) return {.empty = true, .extents = {}};
  return region;
}

constexpr Geometry geometry{.affected = affected, .needed = needed};

}  // namespace

extern constinit const Op descriptor{.name = "concat",
                                     .onnx = "Concat",
                                     .caffe = "Concat",
                                     .kind = Kind::concat,
                                     .forward = forward,
                                     .geometry = &geometry};

}  // namespace fovea::ops::concat

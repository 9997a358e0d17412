// Cuts a tensor into parts along an axis (ONNX: Split): of given extents (attribute `split` up to opset 12, an input
// from 13 on), or alike, the last one smaller where they do not fit.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <fovea/op.h>

#include "ops/axes.h"

namespace fovea::ops::split {
namespace {

std::vector<std::int64_t> equal_parts(std::int64_t extent, std::int64_t count) {
  std::vector<std::int64_t> parts;
  const std::int64_t each = (extent + count - 1) / count;
  for (std::int64_t left = extent; count > 0; --count) {
    parts.push_back(std::min(each, left));
    left -= parts.back();
  }
  return parts;
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const std::int64_t axis = resolve_axis(call.node, call.attributes().integer("axis", 0), x.dim());
  auto parts = list_of(call.node, call.inputs, "split", 1).value_or(Shape{});
  if (parts.empty()) {
    const auto outputs = static_cast<std::int64_t>(std::max<std::size_t>(call.node.outputs.size(), 1));
    parts = equal_parts(x.size(axis), std::max<std::int64_t>(call.attributes().integer("num_outputs", outputs), 1));
  }
  if (std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) != x.size(axis)) {
    fail(ErrorKind::shape, call.node,
         "parts " + spell(parts) + " do not make up the extent " + std::to_string(x.size(axis)) + " of axis " +
             std::to_string(axis));
  }
  Outputs outputs;
  std::int64_t begin = 0;
  for (const std::int64_t part : parts) {
    outputs.push_back(x.narrow(axis, begin, part));
    begin += part;
  }
  return outputs;
}

std::int64_t axis_of(const Placed& placed) {
  const auto rank = static_cast<std::int64_t>(placed.input_shapes[0].size());
  return resolve_axis(placed.node, placed.node.attributes.integer("axis", 0), rank);
}

std::optional<AxisMap> map_of(const Placed& placed) { return mixing(placed.input_shapes[0].size(), {axis_of(placed)}); }

/// As the map says; the outputs share one region, which covers the largest of them along the axis that is cut.
Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  Region region = axes_geometry<map_of>.affected(placed, i, of_input);
  const auto axis = static_cast<std::size_t>(axis_of(placed));
  if (region.empty || axis < first_spatial_axis) return region;
  std::int64_t& end = region.extents[axis - first_spatial_axis].end;
  for (const Shape& output : placed.output_shapes) {
    if (axis < output.size()) end = std::max(end, output[axis]);
  }
  return region;
}

constexpr Geometry geometry{.affected = affected, .needed = axes_geometry<map_of>.needed};

}  // namespace

extern constinit const Op descriptor{.name = "split",
                                     .onnx = "Split",
                                     .caffe = "Slice",
                                     .kind = Kind::layout,
                                     .forward = forward,
                                     .geometry = &geometry};

}  // namespace fovea::ops::split

// Picks slices along an axis by their numbers: y[a, i, b] = x[a, indices[i], b]; negative numbers count from the end
// (ONNX: Gather).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>

#include <fovea/op.h>

#include "ops/axes.h"

namespace fovea::ops::gather {
namespace {

std::int64_t axis_of(const Node& node, std::int64_t rank) {
  return resolve_axis(node, node.attributes.integer("axis", 0), rank);
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const std::int64_t axis = axis_of(call.node, x.dim());
  const Tensor given = call.input(1).to(at::kLong);
  const Tensor indices = at::where(given.lt(0), given + x.size(axis), given);
  Shape shape = x.sizes().vec();
  const auto place = shape.erase(shape.begin() + axis);
  shape.insert(place, indices.sizes().begin(), indices.sizes().end());
  return {x.index_select(axis, indices.flatten()).reshape(shape)};
}

std::optional<AxisMap> map_of(const Placed& placed) {
  const std::size_t rank = placed.input_shapes[0].size();
  const std::int64_t axis = axis_of(placed.node, static_cast<std::int64_t>(rank));
  AxisMap map = mixing(rank, {axis});
  const auto place = map.erase(map.begin() + axis);
  map.insert(place, placed.input_shapes[1].size(), no_axis);
  return map;
}

}  // namespace

extern constinit const Op descriptor{
    .name = "gather", .onnx = "Gather", .kind = Kind::layout, .forward = forward, .geometry = &axes_geometry<map_of>};

}  // namespace fovea::ops::gather

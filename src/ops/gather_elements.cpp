// Picks elements one by one along an axis: y[i][j] = x[indices[i][j]][j] for axis 0; negative numbers count from the
// end (ONNX: GatherElements).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>

#include <fovea/op.h>

#include "ops/axes.h"

namespace fovea::ops::gather_elements {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const std::int64_t axis = resolve_axis(call.node, call.attributes().integer("axis", 0), x.dim());
  const Tensor given = call.input(1).to(at::kLong);
  return {x.gather(axis, at::where(given.lt(0), given + x.size(axis), given))};
}

std::optional<AxisMap> map_of(const Placed& placed) {
  const std::size_t rank = placed.input_shapes[0].size();
  const std::int64_t axis = placed.node.attributes.integer("axis", 0);
  return mixing(rank, {resolve_axis(placed.node, axis, static_cast<std::int64_t>(rank))});
}

}  // namespace

extern constinit const Op descriptor{.name = "gather_elements",
                                     .onnx = "GatherElements",
                                     .kind = Kind::layout,
                                     .forward = forward,
                                     .geometry = &axes_geometry<map_of>};

}  // namespace fovea::ops::gather_elements

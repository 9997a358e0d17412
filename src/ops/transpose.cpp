// Axes in another order: output axis k is input axis perm[k]; reversed when there is no perm (ONNX: Transpose).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/axes.h"

namespace fovea::ops::transpose {
namespace {

AxisMap permutation(const Node& node, std::size_t rank) {
  AxisMap order = node.attributes.integers("perm");
  if (order.empty()) {
    for (std::size_t axis = rank; axis-- > 0;) order.push_back(static_cast<std::int64_t>(axis));
  }
  if (order.size() != rank || resolve_axes(node, order, static_cast<std::int64_t>(rank)).size() != rank) {
    fail(ErrorKind::shape, node,
         "perm " + spell(order) + " is no order of the " + std::to_string(rank) + " axes of its input");
  }
  for (std::int64_t& axis : order) axis = resolve_axis(node, axis, static_cast<std::int64_t>(rank));
  return order;
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  return {x.permute(permutation(call.node, static_cast<std::size_t>(x.dim())))};
}

std::optional<AxisMap> map_of(const Placed& placed) { return permutation(placed.node, placed.input_shapes[0].size()); }

}  // namespace

extern constinit const Op descriptor{.name = "transpose",
                                     .onnx = "Transpose",
                                     .kind = Kind::layout,
                                     .forward = forward,
                                     .geometry = &axes_geometry<map_of>};

}  // namespace fovea::ops::transpose

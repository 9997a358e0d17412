// Running sum along an axis; exclusive leaves each element out of its own sum, reverse starts at the end (ONNX:
// CumSum).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/op.h>

#include "ops/axes.h"
#include "ops/elementwise.h"

namespace fovea::ops::cum_sum {
namespace {

Tensor running_sum(const Tensor& x, std::int64_t axis, bool exclusive) {
  const Tensor sums = x.cumsum(axis, x.scalar_type());
  if (!exclusive || x.size(axis) == 0) return sums;
  const Tensor nothing = at::zeros_like(x.narrow(axis, 0, 1));
  return at::cat({nothing, sums.narrow(axis, 0, x.size(axis) - 1)}, axis);
}

Outputs forward(const Call& call) {
  const std::int64_t axis = resolve_axis(call.node, call.integers(1).at(0), call.input(0).dim());
  const bool exclusive = call.attributes().integer("exclusive", 0) != 0;
  const bool reverse = call.attributes().integer("reverse", 0) != 0;
  return {in_float(call.input(0), [&](const Tensor& x) {
    if (!reverse) return running_sum(x, axis, exclusive);
    return running_sum(x.flip({axis}), axis, exclusive).flip({axis});
  })};
}

std::optional<AxisMap> map_of(const Placed& placed) {
  if (placed.inputs.size() < 2 || !placed.inputs[1].defined()) return std::nullopt;
  const std::size_t rank = placed.input_shapes[0].size();
  const std::int64_t axis = to_integers(placed.inputs[1]).at(0);
  return mixing(rank, {resolve_axis(placed.node, axis, static_cast<std::int64_t>(rank))});
}

}  // namespace

extern constinit const Op descriptor{.name = "cum_sum",
                                     .onnx = "CumSum",
                                     .kind = Kind::reduction,
                                     .forward = forward,
                                     .geometry = &axes_geometry<map_of>};

}  // namespace fovea::ops::cum_sum

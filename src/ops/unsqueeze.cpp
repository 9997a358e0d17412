// Inserts axes of extent 1, named as they count in the output (ONNX: Unsqueeze; axes are an attribute up to opset 12,
// an input from 13 on).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/axes.h"

namespace fovea::ops::unsqueeze {
namespace {

/// Returns the axes to insert, sorted; nothing when they are not known.
std::optional<std::vector<std::int64_t>> inserted_axes(const Node& node, std::span<const Tensor> inputs,
                                                       std::size_t input_rank) {
  auto axes = list_of(node, inputs, "axes", 1);
  if (!axes) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(input_rank + axes->size());
  const std::size_t many = axes->size();
  auto resolved = resolve_axes(node, std::move(*axes), rank);
  if (resolved.size() != many) fail(ErrorKind::shape, node, "its axes name one twice");
  return resolved;
}

Outputs forward(const Call& call) {
  Tensor y = call.input(0);
  const auto axes = inserted_axes(call.node, call.inputs, static_cast<std::size_t>(y.dim())).value_or(Shape{});
  for (const std::int64_t axis : axes) y = y.unsqueeze(axis);
  return {y};
}

std::optional<AxisMap> map_of(const Placed& placed) {
  const std::size_t input_rank = placed.input_shapes[0].size();
  const auto axes = inserted_axes(placed.node, placed.inputs, input_rank);
  if (!axes) return std::nullopt;
  AxisMap map = mixing(input_rank + axes->size(), *axes);
  std::int64_t next = 0;
  for (std::int64_t& source : map) {
    if (source != no_axis) source = next++;
  }
  return map;
}

}  // namespace

extern constinit const Op descriptor{.name = "unsqueeze",
                                     .onnx = "Unsqueeze",
                                     .kind = Kind::layout,
                                     .forward = forward,
                                     .geometry = &axes_geometry<map_of>};

}  // namespace fovea::ops::unsqueeze

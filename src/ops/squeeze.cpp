// Drops axes of extent 1: those named, or all (ONNX: Squeeze; axes are an attribute up to opset 12, an input from 13
// on).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/axes.h"

namespace fovea::ops::squeeze {
namespace {

/// Returns the axes to drop, sorted; nothing when they are not known.
std::optional<std::vector<std::int64_t>> dropped_axes(const Node& node, std::span<const Tensor> inputs,
                                                      const Shape& shape) {
  auto axes = list_of(node, inputs, "axes", 1);
  if (!axes) return std::nullopt;
  if (axes->empty() && !names_input(node, inputs, 1)) {
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == 1) axes->push_back(static_cast<std::int64_t>(axis));
    }
  }
  return resolve_axes(node, std::move(*axes), static_cast<std::int64_t>(shape.size()));
}

Outputs forward(const Call& call) {
  Tensor y = call.input(0);
  const Shape shape = y.sizes().vec();
  const auto axes = dropped_axes(call.node, call.inputs, shape).value_or(Shape{});
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    if (y.size(*axis) != 1) {
      fail(ErrorKind::shape, call.node,
           "axis " + std::to_string(*axis) + " of an input of shape " + spell(shape) + " has not extent 1");
    }
    y = y.squeeze(*axis);
  }
  return {y};
}

std::optional<AxisMap> map_of(const Placed& placed) {
  const Shape& shape = placed.input_shapes[0];
  const auto axes = dropped_axes(placed.node, placed.inputs, shape);
  if (!axes) return std::nullopt;
  AxisMap map = mixing(shape.size(), *axes);
  std::erase(map, no_axis);
  return map;
}

}  // namespace

extern constinit const Op descriptor{
    .name = "squeeze", .onnx = "Squeeze", .kind = Kind::layout, .forward = forward, .geometry = &axes_geometry<map_of>};

}  // namespace fovea::ops::squeeze

// What reductions along axes share: which axes (attribute or input, all when none are named, or none at all with
// noop_with_empty_axes), keepdims, element types and geometry (ONNX: ReduceSum, ReduceMax, ...).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <numeric>
#include <optional>

#include "ops/axes.h"
#include "ops/precision.h"

namespace fovea::ops {

/// Returns the axes that a node reduces, sorted, counted from the front; nothing when they are not known.
inline std::optional<std::vector<std::int64_t>> reduced_axes(const Node& node, std::span<const Tensor> inputs,
                                                             std::int64_t rank) {
  auto axes = list_of(node, inputs, "axes", 1);
  if (!axes) return std::nullopt;
  if (axes->empty() && node.attributes.integer("noop_with_empty_axes", 0) == 0) {
    axes->resize(static_cast<std::size_t>(rank));
    std::iota(axes->begin(), axes->end(), 0);
  }
  return resolve_axes(node, std::move(*axes), rank);
}

/// Reduces a call's first input by f(x, axes, keepdims), computed in type `computing`, in x's own type again. Without
/// any axis to reduce, f works along a new axis of extent 1, so that what it does to each element is still done.
template <class F>
Outputs reduce(const Call& call, at::ScalarType computing, F f) {
  const Tensor& x = call.input(0);
  const auto axes = reduced_axes(call.node, call.inputs, x.dim());
  const bool keep = call.attributes().integer("keepdims", 1) != 0;
  const Tensor values = x.to(computing);
  const Tensor y = !axes || axes->empty() ? f(values.unsqueeze(0), Shape{0}, false) : f(values, *axes, keep);
  return {y.to(x.scalar_type())};
}

/// Returns the map of a reduction along some axes: those left over keep their positions.
inline AxisMap reduction_map(std::size_t rank, const std::vector<std::int64_t>& axes, bool keep) {
  AxisMap map = mixing(rank, axes);
  if (!keep) std::erase(map, no_axis);
  return map;
}

/// The axis map of a reduction node.
inline std::optional<AxisMap> reduce_map(const Placed& placed) {
  const std::size_t rank = placed.input_shapes[0].size();
  const auto axes = reduced_axes(placed.node, placed.inputs, static_cast<std::int64_t>(rank));
  if (!axes) return std::nullopt;
  return reduction_map(rank, *axes, placed.node.attributes.integer("keepdims", 1) != 0);
}

/// The forward of ArgMax and ArgMin: `First` is Tensor(x, axis), which keeps the axis with extent 1.
template <auto First>
Outputs arg_reduce(const Call& call) {
  const Tensor& x = call.input(0);
  const std::int64_t axis = resolve_axis(call.node, call.attributes().integer("axis", 0), x.dim());
  const bool last = call.attributes().integer("select_last_index", 0) != 0;
  const Tensor values = x.detach().to(float_type(x));
  const Tensor found = last ? x.size(axis) - 1 - First(values.flip({axis}), axis) : First(values, axis);
  const bool keep = call.attributes().integer("keepdims", 1) != 0;
  return {keep ? found : found.squeeze(axis)};
}

/// The axis map of ArgMax and ArgMin.
inline std::optional<AxisMap> arg_reduce_map(const Placed& placed) {
  const std::size_t rank = placed.input_shapes[0].size();
  const Attributes& attributes = placed.node.attributes;
  const std::int64_t axis = resolve_axis(placed.node, attributes.integer("axis", 0), static_cast<std::int64_t>(rank));
  return reduction_map(rank, {axis}, attributes.integer("keepdims", 1) != 0);
}

}  // namespace fovea::ops

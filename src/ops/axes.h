// What ops share that treat their axes differently: lists of axes from attributes or inputs, and the geometry of ops
// whose every output axis comes from one input axis, or from a mixture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <fovea/graph.h>
#include <fovea/op.h>
#include <fovea/tensor.h>

#include "core/region.h"
#include "ops/checks.h"
#include "ops/precision.h"

namespace fovea::ops {

/// Stands for "no single input axis" in an axis map.
inline constexpr std::int64_t no_axis = -1;

/// For each output axis the input axis that it comes from, position to position, or `no_axis`.
using AxisMap = std::vector<std::int64_t>;

/// Returns an integer tensor as a list.
inline std::vector<std::int64_t> to_integers(const Tensor& tensor) {
  const Tensor list = tensor.to(at::kCPU, at::kLong).contiguous().flatten();
  const auto* data = list.data_ptr<std::int64_t>();
  return {data, data + list.numel()};
}

/// Tells whether a node has input `i`, whether or not its value is known.
inline bool names_input(const Node& node, std::span<const Tensor> inputs, std::size_t i) {
  if (i < inputs.size() && inputs[i].defined()) return true;
  return i < node.inputs.size() && node.inputs[i] != no_value;
}

/// Returns a list of integers that older opsets have as an attribute and newer ones as input `i`: empty when absent,
/// nothing when the input's value is not known (it is computed by the network; geometry sees only constants).
inline std::optional<std::vector<std::int64_t>> list_of(const Node& node, std::span<const Tensor> inputs,
                                                        std::string_view attribute, std::size_t i) {
  if (!names_input(node, inputs, i)) return node.attributes.integers(attribute);
  if (i >= inputs.size() || !inputs[i].defined()) return std::nullopt;
  return to_integers(inputs[i]);
}

/// Counts axes from the front, sorts them and drops repetitions.
inline std::vector<std::int64_t> resolve_axes(const Node& node, std::vector<std::int64_t> axes, std::int64_t rank) {
  for (std::int64_t& axis : axes) axis = resolve_axis(node, axis, rank);
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

/// Tells whether a sorted or unsorted list of axes has one.
inline bool contains(const std::vector<std::int64_t>& axes, std::int64_t axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

/// Returns the map of an op that keeps every axis where it is but mixes positions along some.
inline AxisMap mixing(std::size_t rank, const std::vector<std::int64_t>& mixed) {
  AxisMap map(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto number = static_cast<std::int64_t>(axis);
    map[axis] = contains(mixed, number) ? no_axis : number;
  }
  return map;
}

/// Turns an axis map round: for each input axis the output axis that it goes to.
inline AxisMap inverse(const AxisMap& map, std::size_t input_rank) {
  AxisMap result(input_rank, no_axis);
  for (std::size_t axis = 0; axis < map.size(); ++axis) {
    if (map[axis] != no_axis) result[static_cast<std::size_t>(map[axis])] = static_cast<std::int64_t>(axis);
  }
  return result;
}

/// Carries a region over to a value of shape `to`, axis by axis; axes that come from none are covered whole.
inline Region carry(const Region& region, const Shape& to, const AxisMap& map) {
  if (region.empty) return region;
  Region result = whole_region(to);
  for (std::size_t k = 0; k < result.extents.size(); ++k) {
    const std::int64_t source = map[first_spatial_axis + k];
    if (source < static_cast<std::int64_t>(first_spatial_axis)) continue;
    result.extents[k] = region.extents[static_cast<std::size_t>(source) - first_spatial_axis];
  }
  return result;
}

/// Tells whether a map is known and speaks of the output's rank.
inline bool fits(const std::optional<AxisMap>& map, const Placed& placed) {
  return map && map->size() == placed.output_shapes[0].size();
}

/// The geometry of an op by its axis map. `MapOf` is `std::optional<AxisMap>(const Placed&)` and speaks of input 0 and
/// output 0; nothing means that all depends on all. Other inputs (lists of axes, indices) touch everything.
template <auto MapOf>
inline constexpr Geometry axes_geometry{
    .affected =
        [](const Placed& placed, std::size_t i, const Region& of_input) {
          const std::optional<AxisMap> map = i == 0 ? MapOf(placed) : std::nullopt;
          if (!fits(map, placed)) return whole_geometry.affected(placed, i, of_input);
          return carry(of_input, placed.output_shapes[0], *map);
        },
    .needed =
        [](const Placed& placed, std::size_t i, const Region& of_output) {
          const std::optional<AxisMap> map = i == 0 ? MapOf(placed) : std::nullopt;
          if (!fits(map, placed)) return whole_geometry.needed(placed, i, of_output);
          const Shape& input = placed.input_shapes[0];
          return carry(of_output, input, inverse(*map, input.size()));
        },
};

/// From this opset on a softmax works along one axis; before, along all axes from its axis on as if they were one.
inline constexpr int first_opset_with_softmax_axis = 13;

/// Returns the axis of a softmax node.
inline std::int64_t softmax_axis(const Node& node, std::int64_t rank) {
  return resolve_axis(node, node.attributes.integer("axis", node.opset < first_opset_with_softmax_axis ? 1 : -1), rank);
}

/// The forward of Softmax and LogSoftmax: `F` is Tensor(x, axis).
template <auto F>
Outputs along_softmax_axis(const Call& call) {
  const Tensor& given = call.input(0);
  const std::int64_t axis = softmax_axis(call.node, given.dim());
  const Tensor x = given.to(float_type(given));
  if (call.opset() >= first_opset_with_softmax_axis) return {F(x, axis).to(given.scalar_type())};
  return {F(x.flatten(axis), axis).reshape(x.sizes()).to(given.scalar_type())};
}

/// The axis map of a softmax node.
inline std::optional<AxisMap> softmax_map(const Placed& placed) {
  const std::size_t rank = placed.input_shapes[0].size();
  const std::int64_t axis = softmax_axis(placed.node, static_cast<std::int64_t>(rank));
  AxisMap map = mixing(rank, {axis});
  if (placed.node.opset < first_opset_with_softmax_axis) std::fill(map.begin() + axis, map.end(), no_axis);
  return map;
}

}  // namespace fovea::ops

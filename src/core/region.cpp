// Regions: boxes of positions, and how they grow when walked along a graph (the union over branches).
// SPDX-License-Identifier: Apache-2.0
#include "core/region.h"

#include <algorithm>

#include <fovea/error.h>

namespace fovea {
namespace {

Shape shape_of(const Shapes& shapes, ValueId value) { return value == no_value ? Shape{} : shapes.shapes[value]; }

/// A node with copies of what its geometry may read.
struct Context {
  std::vector<Tensor> inputs;
  std::vector<Shape> input_shapes;
  std::vector<Shape> output_shapes;
};

Context context_of(const Graph& graph, const Shapes& shapes, const Node& node) {
  Context context;
  for (const ValueId input : node.inputs) {
    context.input_shapes.push_back(shape_of(shapes, input));
    Tensor tensor;
    if (input != no_value) {
      tensor = graph.is_constant(input) ? graph.weights()[input] : shapes.integers[input];
    }
    context.inputs.push_back(tensor);
  }
  for (const ValueId output : node.outputs) context.output_shapes.push_back(shape_of(shapes, output));
  return context;
}

void grow(Region& target, const Region& by) { target = bounding_union(target, by); }

// --- the two geometries that most ops share ---

Region whole_affected(const Placed& node, std::size_t, const Region& of_input) {
  if (of_input.empty) return {.empty = true, .extents = {}};
  return whole_region(node.output_shapes[0]);
}

Region whole_needed(const Placed& node, std::size_t i, const Region& of_output) {
  if (of_output.empty) return {.empty = true, .extents = {}};
  return whole_region(node.input_shapes[i]);
}

/// Carries a region over axis by axis, aligned at the last axis as broadcasting aligns; an axis of extent 1 on one side
/// stands for all of the other.
Region carry_over(const Region& region, const Shape& from, const Shape& to) {
  if (region.empty) return region;
  Region result = whole_region(to);
  for (std::size_t k = 0; k < result.extents.size(); ++k) {
    const std::size_t axis = first_spatial_axis + k;
    const auto source_axis =
        static_cast<std::int64_t>(axis) + static_cast<std::int64_t>(from.size()) - static_cast<std::int64_t>(to.size());
    if (source_axis < static_cast<std::int64_t>(first_spatial_axis)) continue;
    const auto source = static_cast<std::size_t>(source_axis);
    if (from[source] != to[axis]) continue;
    result.extents[k] = region.extents[source - first_spatial_axis];
  }
  return result;
}

Region pointwise_affected(const Placed& node, std::size_t i, const Region& of_input) {
  return carry_over(of_input, node.input_shapes[i], node.output_shapes[0]);
}

Region pointwise_needed(const Placed& node, std::size_t i, const Region& of_output) {
  return carry_over(of_output, node.output_shapes[0], node.input_shapes[i]);
}

}  // namespace

extern constinit const Geometry whole_geometry{.affected = whole_affected, .needed = whole_needed};
extern constinit const Geometry pointwise_geometry{.affected = pointwise_affected, .needed = pointwise_needed};

Region whole_region(const Shape& shape) {
  Region region;
  for (std::size_t axis = first_spatial_axis; axis < shape.size(); ++axis) region.extents.push_back({0, shape[axis]});
  return region;
}

Region clip(const Region& region, const Shape& shape) {
  Region clipped = region;
  for (std::size_t k = 0; k < clipped.extents.size() && first_spatial_axis + k < shape.size(); ++k) {
    Extent& extent = clipped.extents[k];
    extent.begin = std::max<std::int64_t>(extent.begin, 0);
    extent.end = std::min(extent.end, shape[first_spatial_axis + k]);
    if (extent.begin >= extent.end) clipped.empty = true;
  }
  if (clipped.empty) clipped.extents.clear();
  return clipped;
}

Region bounding_union(const Region& a, const Region& b) {
  if (a.empty) return b;
  if (b.empty) return a;
  Region result = a;
  for (std::size_t k = 0; k < result.extents.size() && k < b.extents.size(); ++k) {
    result.extents[k].begin = std::min(a.extents[k].begin, b.extents[k].begin);
    result.extents[k].end = std::max(a.extents[k].end, b.extents[k].end);
  }
  return result;
}

Shapes shapes_of(const Trace& trace) {
  constexpr std::int64_t most_elements = 64;  // pads, sizes, scales: geometry reads nothing larger
  Shapes shapes{trace.shapes(), std::vector<Tensor>(trace.graph().values().size())};
  for (std::size_t v = 0; v < shapes.shapes.size(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (trace.has(value) && trace.value(value).numel() <= most_elements) shapes.integers[v] = trace.value(value);
  }
  return shapes;
}

std::vector<Region> needed_regions(const Graph& graph, const Shapes& shapes, ValueId of_value, const Region& of,
                                   const NeededOptions& options) {
  std::vector<Region> regions(graph.values().size(), Region{.empty = true, .extents = {}});
  regions[of_value] = of;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) {
    Region wanted{.empty = true, .extents = {}};
    for (const ValueId output : node->outputs) {
      if (output != no_value) grow(wanted, regions[output]);
    }
    if (wanted.empty) continue;
    const Context context = context_of(graph, shapes, *node);
    const Placed placed{*node, context.inputs, context.input_shapes, context.output_shapes};
    for (std::size_t i = 0; i < node->inputs.size(); ++i) {
      const ValueId input = node->inputs[i];
      if (input == no_value || graph.is_constant(input)) continue;
      Region region = node->op->geometry->needed(placed, i, wanted);
      if (options.overlaps && node->op->kind == Kind::max_pool) {
        const Region sharing = clip(node->op->geometry->affected(placed, i, region), context.output_shapes[0]);
        region = node->op->geometry->needed(placed, i, bounding_union(wanted, sharing));
      }
      if (options.clipped) region = clip(region, context.input_shapes[i]);
      grow(regions[input], region);
    }
  }
  return regions;
}

std::vector<Region> affected_regions(const Graph& graph, const Shapes& shapes, ValueId of_value, const Region& of) {
  std::vector<Region> regions(graph.values().size(), Region{.empty = true, .extents = {}});
  regions[of_value] = of;
  for (const Node& node : graph.nodes()) {
    const Context context = context_of(graph, shapes, node);
    const Placed placed{node, context.inputs, context.input_shapes, context.output_shapes};
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId input = node.inputs[i];
      if (input == no_value || regions[input].empty) continue;
      const Region touched = node.op->geometry->affected(placed, i, regions[input]);
      for (std::size_t o = 0; o < node.outputs.size(); ++o) {  // the parts of a Split differ in extent
        if (node.outputs[o] == no_value) continue;
        grow(regions[node.outputs[o]], clip(touched, context.output_shapes[o]));
      }
    }
  }
  return regions;
}

}  // namespace fovea

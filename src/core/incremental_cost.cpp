// What an incremental run costs: multiply-adds with regions clipped at the borders, and bytes that are alive at a time.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/empty.h>

#include "core/incremental.h"
#include "core/incremental_parts.h"
#include "core/locality.h"

namespace fovea {
std::int64_t Incremental::whole_macs() const {
  std::int64_t total = 0;
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    const Node& node = base_.graph().nodes()[n];
    if (!wanted_[n] || node.op->macs == nullptr) continue;
    total += node.op->macs(NodeInRun(base_, shapes_, node).placed(node));
  }
  return total;
}

std::int64_t Incremental::macs(const Place& place, std::int64_t height, std::int64_t width) const {
  const Graph& graph = base_.graph();
  std::vector<Region> regions(graph.values().size(), Region{.empty = true, .extents = {}});
  std::vector<bool> all(graph.values().size(), false);
  const ValueId input = graph.inputs().front();
  regions[input] = clip(box_region(place, {height, width}), shapes_[input]);
  double total = 0;
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    if (!wanted_[n]) continue;
    const Node& node = graph.nodes()[n];
    const NodeInRun setting(base_, shapes_, node);
    const Placed placed = setting.placed(node);
    const Shape& out = setting.output_shapes[0];
    bool whole = locality_in(node, setting) == Locality::none;
    Region touched{.empty = true, .extents = {}};
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == no_value) continue;
      whole = whole || all[node.inputs[i]];
      if (whole || regions[node.inputs[i]].empty) continue;
      touched = bounding_union(touched, clip(node.op->geometry->affected(placed, i, regions[node.inputs[i]]), out));
    }
    for (const ValueId output : node.outputs) {
      if (output == no_value) continue;
      all[output] = whole;
      regions[output] = touched;
    }
    if (node.op->macs == nullptr) continue;
    const auto cost = static_cast<double>(node.op->macs(placed));
    if (whole) {
      total += cost;
    } else if (!touched.empty) {
      const double rows = static_cast<double>(touched.extents[0].end - touched.extents[0].begin);
      const double columns = static_cast<double>(touched.extents[1].end - touched.extents[1].begin);
      total += cost * rows * columns / static_cast<double>(out[2] * out[3]);
    }
  }
  return static_cast<std::int64_t>(total);
}

std::int64_t Incremental::bytes_per_picture(std::int64_t height, std::int64_t width) const {
  // One picture with the box in the middle goes through; what is alive at a time is counted.
  const Graph& graph = base_.graph();
  const ValueId input = graph.inputs().front();
  const Shape& shape = shapes_[input];
  std::vector<Part> parts(graph.values().size());
  const Place middle{(shape[2] - height) / 2, (shape[3] - width) / 2};
  const auto bytes_of = [](const Part& part) {
    const Tensor& tensor = part.state == Part::State::boxes ? part.boxes.values : part.values;
    return tensor.defined() ? static_cast<std::int64_t>(tensor.numel()) * tensor.element_size() : 0;
  };
  const at::TensorOptions options = base_.value(input).options().requires_grad(false);
  parts[input] = {
      .state = Part::State::boxes, .boxes = {at::empty({1, shape[1], height, width}, options), {middle}}, .values = {}};
  std::vector<int> readers(graph.values().size(), 0);
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    for (const ValueId read : graph.nodes()[n].inputs) {
      if (wanted_[n] && read != no_value) ++readers[read];
    }
  }
  std::int64_t alive = bytes_of(parts[input]);
  std::int64_t most = alive;
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    if (!wanted_[n]) continue;
    const Node& node = graph.nodes()[n];
    const Plan where = plan(node, parts, 1);
    std::int64_t gathered = 0;
    for (const ValueId output : node.outputs) {
      if (output == no_value) continue;
      Part& part = parts[output];
      const Shape& out = shapes_[output];
      Shape size = out;
      if (where.local) size = {1, out[1], where.height, where.width};
      part.state = where.local ? Part::State::boxes : Part::State::whole;
      Tensor& held = where.local ? part.boxes.values : part.values;
      held = at::empty({1}, options).expand(size.empty() ? Shape{1} : size);
      part.boxes.places = where.places;
      alive += bytes_of(part);
    }
    for (const ValueId read : node.inputs) {
      if (read != no_value) gathered += 2 * bytes_of(parts[read]);  // a copy with its surroundings
    }
    most = std::max(most, alive + gathered);
    for (const ValueId read : node.inputs) {
      if (read == no_value || --readers[read] > 0) continue;
      alive -= bytes_of(parts[read]);
    }
  }
  return most;
}

}  // namespace fovea

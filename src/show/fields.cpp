// Receptive fields of single units, how they grow with depth, and which part of them counts:
//   centre of unit i = first_centre + stride i;   E(p) = mean_n sum_c | d (sum_k a_k(unit)) / d x_n,c(p) |
// (Luo, Li, Urtasun, Zemel, "Understanding the effective receptive field in deep convolutional neural networks",
// NeurIPS 2016, section 2).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <ATen/ops/zeros_like.h>

#include <fovea/error.h>
#include <fovea/show.h>
#include <fovea/walk.h>

#include "core/places.h"

namespace fovea {
namespace {

/// Luo et al., section 4.1: a px belongs to the effective field when its gradient is above 1 - 95.45 % of the largest.
constexpr double effective_share = 1 - 0.9545;

[[noreturn]] void has_no_field(const Trace& trace, ValueId value) {
  const std::string name = "'" + trace.graph().node_name(value) + "'";
  if (trace.graph().is_constant(value)) {
    throw Error(ErrorKind::usage, name + " is a constant: its units look at nothing of the picture",
                "name a value that is computed of the picture");
  }
  throw Error(ErrorKind::usage, name + " has no positions, so its units see the whole picture or none of it",
              "name a value of the shape [N,C,h,w]");
}

std::int64_t unit_along(const Shape& shape, std::size_t axis, std::int64_t wanted, const std::string& name) {
  const std::int64_t count = shape[2 + axis];
  if (wanted < 0) return count / 2;
  if (wanted < count) return wanted;
  throw Error(ErrorKind::usage,
              std::string(axis == 0 ? "there is no row " : "there is no column ") + std::to_string(wanted) + ": '" +
                  name + "' has " + std::to_string(shape[2]) + " x " + std::to_string(shape[3]) + " units",
              "units are numbered from 0: rows 0.." + std::to_string(shape[2] - 1) + ", columns 0.." +
                  std::to_string(shape[3] - 1));
}

/// Tells whether fields differ in what the ops made of them; pads at the borders alone change the mean stride a little.
bool differ(const ReceptiveField& a, const ReceptiveField& b) {
  constexpr double tolerance = 0.1;
  const auto other = [&](std::size_t axis) {
    return std::abs(a.stride[axis] - b.stride[axis]) > tolerance * std::max(a.stride[axis], b.stride[axis]);
  };
  return a.size != b.size || other(0) || other(1);
}

std::int64_t length(const Extent& extent) { return extent.end - extent.begin; }

}  // namespace

std::array<Extent, 2> UnitField::endless() const {
  std::array<Extent, 2> extents;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const double begin = centre[axis] - 0.5 * static_cast<double>(field.size[axis] - 1);
    extents[axis].begin = static_cast<std::int64_t>(std::floor(begin + 0.5));
    extents[axis].end = extents[axis].begin + field.size[axis];
  }
  return extents;
}

double UnitField::share() const {
  if (box.empty || box.extents.size() != 2) return 0;
  return static_cast<double>(length(box.extents[0]) * length(box.extents[1])) /
         static_cast<double>(input[0] * input[1]);
}

UnitField unit_field(const Trace& trace, ValueId value, std::int64_t y, std::int64_t x) {
  const Graph& graph = trace.graph();
  if (graph.is_constant(value)) has_no_field(trace, value);
  const std::optional<ReceptiveField> field = receptive_field(trace, value);
  if (!field) has_no_field(trace, value);
  UnitField unit{
      .id = value, .value = graph.node_name(value), .shape = trace.value(value).sizes().vec(), .field = *field};
  unit.shape[0] = 1;
  unit.unit = {unit_along(unit.shape, 0, y, unit.value), unit_along(unit.shape, 1, x, unit.value)};
  unit.box = receptive_box(trace, value, unit.unit[0], unit.unit[1]);
  const Tensor& input = trace.value(graph.inputs().front());
  unit.input = {input.size(2), input.size(3)};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    unit.centre[axis] = field->first_centre[axis] + field->stride[axis] * static_cast<double>(unit.unit[axis]);
  }
  return unit;
}

std::vector<UnitField> field_growth(const Trace& trace) {
  std::vector<UnitField> growth;
  const Graph& graph = trace.graph();
  for (const ValueId value : bottlenecks(graph, graph.logits())) {
    if (value == graph.inputs().front() || !is_spatial(trace, value)) continue;
    const std::optional<ReceptiveField> field = receptive_field(trace, value);
    if (!field) continue;
    if (growth.empty() || differ(growth.back().field, *field)) growth.push_back(unit_field(trace, value));
  }
  if (!growth.empty()) return growth;
  throw Error(ErrorKind::usage,
              "no value with positions lies on every path to the class scores, so no growth is to be seen",
              "name a value by --at");
}

EffectiveField effective_field(const Graph& graph, const UnitField& unit, std::int64_t count,
                               const std::function<Tensor(std::int64_t)>& input) {
  if (count < 1) throw Error(ErrorKind::usage, "an effective receptive field needs at least one input to average over");
  EffectiveField effective{.of_peak = effective_share, .inputs = count};
  for (std::int64_t n = 0; n < count; ++n) {
    const Trace trace = run(graph, input(n), {.until = {unit.id}});
    const Tensor& value = trace.value(unit.id);
    if (value.sizes().slice(2) != at::IntArrayRef(unit.shape).slice(2)) {
      throw Error(ErrorKind::shape,
                  "input " + std::to_string(n) + " has another size than the one the unit was found on");
    }
    const Tensor seed = at::zeros_like(value);
    seed.select(2, unit.unit[0]).select(2, unit.unit[1]).fill_(1);
    const Tensor gradient = walk(trace, {{unit.id, seed}}, find_recipe("gradient")).at(graph.inputs().front());
    const Tensor magnitude = gradient.abs().sum(1)[0].to(at::kCPU, at::kDouble);
    effective.map = effective.map.defined() ? effective.map + magnitude : magnitude;
  }
  effective.map = (effective.map / count).to(at::kFloat).contiguous();
  const double largest = effective.map.max().item<double>();
  const auto inside = effective.map.gt(effective_share * largest).sum().item<std::int64_t>();
  effective.side = std::sqrt(static_cast<double>(inside));
  return effective;
}

}  // namespace fovea

// Takes every step-th element from start to end along some axes, backward for a negative step (ONNX: Slice; attributes
// up to opset 9, inputs from 10 on). Output position o along an axis is input position start + o step.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include <fovea/op.h>

#include "ops/axes.h"
#include "ops/window.h"

namespace fovea::ops::slice {
namespace {

/// What is taken along one axis.
struct Cut {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// The four lists of a node.
struct Request {
  std::vector<std::int64_t> starts, ends, axes, steps;
};

/// Reads the lists; nothing when one of them is not known.
std::optional<Request> request_of(const Node& node, std::span<const Tensor> inputs) {
  const auto starts = list_of(node, inputs, "starts", 1);
  const auto ends = list_of(node, inputs, "ends", 2);
  const auto axes = list_of(node, inputs, "axes", 3);
  const auto steps = list_of(node, inputs, "steps", 4);
  if (!starts || !ends || !axes || !steps) return std::nullopt;
  return Request{*starts, *ends, *axes, *steps};
}

/// Clamps start and end as numpy does and counts what lies between.
Cut cut_of(std::int64_t extent, std::int64_t start, std::int64_t end, std::int64_t step) {
  const std::int64_t lowest = step > 0 ? 0 : -1;
  const std::int64_t highest = step > 0 ? extent : extent - 1;
  const auto within = [&](std::int64_t at) { return std::min(std::max(at < 0 ? at + extent : at, lowest), highest); };
  const std::int64_t first = within(start);
  const std::int64_t last = within(end);
  const std::int64_t count = step > 0 ? ceil_div(last - first, step) : ceil_div(first - last, -step);
  return {.start = first, .step = step, .count = std::max<std::int64_t>(count, 0)};
}

/// Returns what is taken along every axis of a shape.
std::vector<Cut> cuts_of(const Node& node, const Request& request, const Shape& shape) {
  std::vector<Cut> cuts;
  for (const std::int64_t extent : shape) cuts.push_back({.start = 0, .step = 1, .count = extent});
  const std::size_t many = request.starts.size();
  if (request.ends.size() != many || (!request.axes.empty() && request.axes.size() != many) ||
      (!request.steps.empty() && request.steps.size() != many) || many > shape.size()) {
    fail(ErrorKind::shape, node,
         "starts " + spell(request.starts) + ", ends " + spell(request.ends) + ", axes " + spell(request.axes) +
             " and steps " + spell(request.steps) + " do not fit together, or not shape " + spell(shape));
  }
  for (std::size_t k = 0; k < many; ++k) {
    const std::int64_t named = request.axes.empty() ? static_cast<std::int64_t>(k) : request.axes[k];
    const auto axis = static_cast<std::size_t>(resolve_axis(node, named, static_cast<std::int64_t>(shape.size())));
    const std::int64_t step = request.steps.empty() ? 1 : request.steps[k];
    if (step == 0) fail(ErrorKind::shape, node, "step 0 along axis " + std::to_string(axis));
    cuts[axis] = cut_of(shape[axis], request.starts[k], request.ends[k], step);
  }
  return cuts;
}

Tensor take(const Tensor& x, std::int64_t axis, const Cut& cut) {
  if (cut.count == 0) return x.narrow(axis, 0, 0);
  const std::int64_t last = cut.start + (cut.count - 1) * cut.step;
  if (cut.step > 0) return x.slice(axis, cut.start, last + 1, cut.step);
  return x.slice(axis, last, cut.start + 1, -cut.step).flip({axis});  // libtorch only steps forward
}

Outputs forward(const Call& call) {
  Tensor y = call.input(0);
  const Request request = request_of(call.node, call.inputs).value_or(Request{});
  const std::vector<Cut> cuts = cuts_of(call.node, request, y.sizes().vec());
  for (std::size_t axis = 0; axis < cuts.size(); ++axis) {
    const Cut& cut = cuts[axis];
    const bool all = cut.step == 1 && cut.count == y.size(static_cast<std::int64_t>(axis));
    if (!all) y = take(y, static_cast<std::int64_t>(axis), cut);
  }
  return {y};
}

Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  const auto request = i == 0 ? request_of(placed.node, placed.inputs) : std::nullopt;
  if (!request) return whole_geometry.affected(placed, i, of_input);
  const std::vector<Cut> cuts = cuts_of(placed.node, *request, placed.input_shapes[0]);
  return map_extents(of_input, [&](std::size_t k, Extent in) {
    const Cut& cut = cuts[first_spatial_axis + k];
    const std::int64_t stride = std::abs(cut.step);
    const std::int64_t first = cut.step > 0 ? in.begin - cut.start : cut.start - in.end + 1;
    const std::int64_t last = cut.step > 0 ? in.end - 1 - cut.start : cut.start - in.begin;
    return Extent{ceil_div(first, stride), floor_div(last, stride) + 1};
  });
}

Region needed(const Placed& placed, std::size_t i, const Region& of_output) {
  const auto request = i == 0 ? request_of(placed.node, placed.inputs) : std::nullopt;
  if (!request) return whole_geometry.needed(placed, i, of_output);
  const std::vector<Cut> cuts = cuts_of(placed.node, *request, placed.input_shapes[0]);
  return map_extents(of_output, [&](std::size_t k, Extent out) {
    const Cut& cut = cuts[first_spatial_axis + k];
    const std::int64_t first = cut.start + out.begin * cut.step;
    const std::int64_t last = cut.start + (out.end - 1) * cut.step;
    return Extent{std::min(first, last), std::max(first, last) + 1};
  });
}

constexpr Geometry geometry{.affected = affected, .needed = needed};

}  // namespace

extern constinit const Op descriptor{
    .name = "slice", .onnx = "Slice", .kind = Kind::layout, .forward = forward, .geometry = &geometry};

}  // namespace fovea::ops::slice

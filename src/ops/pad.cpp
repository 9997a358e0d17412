// Padding: grows (or with negative pads crops) each axis at both ends by a constant, by reflection about the border
// element, by the border element itself, or by wrapping around (ONNX: Pad).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <optional>

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/replication_pad2d.h>
#include <ATen/ops/tensor.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/window.h"

namespace fovea::ops::pad {
namespace {

constexpr int opset_with_inputs = 11;

enum class Mode { constant, reflect, edge, wrap };

/// How much each axis grows (or shrinks, where negative) at its ends.
struct Pads {
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> end;
};

Mode mode_of(const Node& node) {
  const std::string text = node.attributes.text("mode", "constant");
  if (text == "constant") return Mode::constant;
  if (text == "reflect") return Mode::reflect;
  if (text == "edge") return Mode::edge;
  if (text == "wrap") return Mode::wrap;
  fail(ErrorKind::format, node, "mode is '" + text + "', expected constant, reflect, edge or wrap");
}

/// Resolves the pads of every axis; nothing when they are an input that is not known.
std::optional<Pads> pads_of(const Call& call, std::int64_t rank) {
  constexpr std::size_t pads_input = 1, axes_input = 3;
  const bool inputs = call.opset() >= opset_with_inputs;
  if (inputs && !call.has(pads_input)) return std::nullopt;
  const auto list = inputs ? call.integers(pads_input) : call.attributes().integers("pads");
  std::vector<std::int64_t> axes;
  if (call.has(axes_input)) {
    axes = call.integers(axes_input);
  } else {
    for (std::int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  if (list.size() != 2 * axes.size()) {
    fail(ErrorKind::shape, call.node,
         "pads are " + spell(list) + ", expected " + std::to_string(2 * axes.size()) +
             " numbers: all begins, then all ends");
  }
  const auto size = static_cast<std::size_t>(rank);
  Pads pads{.begin = std::vector<std::int64_t>(size, 0), .end = std::vector<std::int64_t>(size, 0)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(resolve_axis(call.node, axes[i], rank));
    pads.begin[axis] = list[i];
    pads.end[axis] = list[i + axes.size()];
  }
  return pads;
}

/// Returns which element of an axis of `extent` each element of the padded axis copies. Negative pads crop first.
std::vector<std::int64_t> sources(const Node& node, Mode mode, std::int64_t extent, std::int64_t begin,
                                  std::int64_t end) {
  const std::int64_t first = -std::min<std::int64_t>(begin, 0);
  const std::int64_t kept = extent - first + std::min<std::int64_t>(end, 0);
  const std::int64_t length = extent + begin + end;
  if (length > 0 && kept < 1) {
    fail(ErrorKind::shape, node, "an axis of " + std::to_string(extent) + " has nothing left to pad with");
  }
  std::vector<std::int64_t> result;
  for (std::int64_t o = 0; o < length; ++o) {
    std::int64_t i = o - std::max<std::int64_t>(begin, 0);
    if (mode == Mode::edge) {
      i = std::clamp<std::int64_t>(i, 0, kept - 1);
    } else if (mode == Mode::wrap) {
      i -= floor_div(i, kept) * kept;
    } else {
      const std::int64_t period = std::max<std::int64_t>(2 * (kept - 1), 1);
      i -= floor_div(i, period) * period;
      i = std::min(i, period - i);
      if (kept == 1) i = 0;
    }
    result.push_back(first + i);
  }
  return result;
}

/// Tells whether libtorch's own 2-D padding says the same: a small border around pictures.
bool libtorch_pads_picture(const Tensor& x, const Pads& pads) {
  if (x.dim() != 4 || !(x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble)) return false;
  for (std::size_t axis = 0; axis < pads.begin.size(); ++axis) {
    const std::int64_t most = axis < 2 ? 0 : x.size(static_cast<std::int64_t>(axis)) - 1;
    if (std::min(pads.begin[axis], pads.end[axis]) < 0 || std::max(pads.begin[axis], pads.end[axis]) > most) {
      return false;
    }
  }
  return true;
}

Tensor copied(const Node& node, const Tensor& x, Mode mode, const Pads& pads) {
  if (mode != Mode::wrap && libtorch_pads_picture(x, pads)) {
    const std::vector<std::int64_t> borders{pads.begin[3], pads.end[3], pads.begin[2], pads.end[2]};
    return mode == Mode::reflect ? at::reflection_pad2d(x, borders) : at::replication_pad2d(x, borders);
  }
  Tensor y = x;
  for (std::size_t axis = 0; axis < pads.begin.size(); ++axis) {
    if (pads.begin[axis] == 0 && pads.end[axis] == 0) continue;
    const auto dim = static_cast<std::int64_t>(axis);
    const auto list = sources(node, mode, x.size(dim), pads.begin[axis], pads.end[axis]);
    y = y.index_select(dim, at::tensor(list, at::TensorOptions(at::kLong).device(x.device())));
  }
  return y;
}

c10::Scalar constant_of(const Call& call) {
  constexpr std::size_t value_input = 2;
  if (call.opset() < opset_with_inputs) return call.attributes().number("value", 0);
  if (!call.has(value_input) || call.inputs[value_input].numel() == 0) return 0;
  return call.inputs[value_input].item();
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const auto pads = pads_of(call, x.dim());
  if (!pads) fail(ErrorKind::format, call.node, "lacks its input 1, the pads");
  for (std::size_t axis = 0; axis < pads->begin.size(); ++axis) {
    if (x.size(static_cast<std::int64_t>(axis)) + pads->begin[axis] + pads->end[axis] < 0) {
      fail(ErrorKind::shape, call.node,
           "pads " + spell(pads->begin) + " and " + spell(pads->end) + " crop more than there is of " +
               spell(x.sizes().vec()));
    }
  }
  const Mode mode = mode_of(call.node);
  if (mode != Mode::constant) return {copied(call.node, x, mode, *pads)};
  return {at::constant_pad_nd(x, torch_pads(pads->begin, pads->end), constant_of(call))};
}

/// Calls `per_axis(extent of the region, extent of the axis, begin pad, end pad)` for each spatial axis.
template <class PerAxis>
Region along_axes(const Placed& placed, const Pads& pads, const Region& region, PerAxis per_axis) {
  return map_extents(region, [&](std::size_t axis, Extent extent) {
    const std::size_t k = first_spatial_axis + axis;
    return per_axis(extent, placed.input_shapes[0][k], pads.begin[k], pads.end[k]);
  });
}

Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  const auto rank = static_cast<std::int64_t>(placed.input_shapes[0].size());
  const auto pads = pads_of(Call{placed.node, placed.inputs}, rank);
  if (i != 0 || !pads) return whole_geometry.affected(placed, i, of_input);
  const Mode mode = mode_of(placed.node);
  return along_axes(placed, *pads, of_input, [&](Extent in, std::int64_t extent, std::int64_t begin, std::int64_t end) {
    if (mode == Mode::constant) return Extent{in.begin + begin, in.end + begin};
    const auto list = sources(placed.node, mode, extent, begin, end);
    Extent hull{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
    for (std::size_t o = 0; o < list.size(); ++o) {
      if (list[o] < in.begin || list[o] >= in.end) continue;
      const auto place = static_cast<std::int64_t>(o);
      hull = {std::min(hull.begin, place), std::max(hull.end, place + 1)};
    }
    return hull;
  });
}

Region needed(const Placed& placed, std::size_t i, const Region& of_output) {
  const auto rank = static_cast<std::int64_t>(placed.input_shapes[0].size());
  const auto pads = pads_of(Call{placed.node, placed.inputs}, rank);
  if (i != 0 || !pads) return whole_geometry.needed(placed, i, of_output);
  const Mode mode = mode_of(placed.node);
  const auto sources_hull = [&](Extent out, std::int64_t extent, std::int64_t begin, std::int64_t end) {
    if (mode == Mode::constant) return Extent{out.begin - begin, out.end - begin};
    const auto list = sources(placed.node, mode, extent, begin, end);
    const auto length = static_cast<std::int64_t>(list.size());
    const auto from = list.begin() + std::clamp<std::int64_t>(out.begin, 0, length);
    const auto to = list.begin() + std::clamp<std::int64_t>(out.end, 0, length);
    if (from >= to) return Extent{};
    const auto [least, most] = std::minmax_element(from, to);
    return Extent{*least, *most + 1};
  };
  return along_axes(placed, *pads, of_output, sources_hull);
}

constexpr Geometry geometry{.affected = affected, .needed = needed};

}  // namespace

extern constinit const Op descriptor{
    .name = "pad", .onnx = "Pad", .kind = Kind::layout, .forward = forward, .geometry = &geometry};

}  // namespace fovea::ops::pad

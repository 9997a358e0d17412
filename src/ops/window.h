// Windows that slide over space, for any number of spatial axes: kernel, stride, dilation and pads of convolutions and
// pools, where output o covers inputs o*s - p, o*s - p + d, ..., o*s - p + d*(k-1) (ONNX: Conv, MaxPool, AveragePool).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fovea/error.h>
#include <fovea/graph.h>
#include <fovea/op.h>
#include <fovea/tensor.h>

#include "core/region.h"
#include "ops/checks.h"

namespace fovea::ops {

/// A window that slides over space: one entry per spatial axis in each list.
struct Window {
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> dilation;
  std::vector<std::int64_t> begin_pad;
  std::vector<std::int64_t> end_pad;

  /// Returns the number of spatial axes.
  std::size_t axes() const { return kernel.size(); }
  /// Returns how many input positions a window spans along an axis: d*(k-1) + 1.
  std::int64_t span(std::size_t axis) const { return dilation[axis] * (kernel[axis] - 1) + 1; }
  /// Tells whether every axis is padded alike at both ends.
  bool symmetric() const { return begin_pad == end_pad; }
};

/// Returns floor(a / b) for b > 0.
inline std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
/// Returns ceil(a / b) for b > 0.
inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

/// Reads a node's list of one integer per spatial axis, `otherwise` where it has none.
inline std::vector<std::int64_t> spatial_list(const Node& node, std::string_view attribute, std::size_t axes,
                                              std::int64_t otherwise) {
  auto list = node.attributes.integers(attribute);
  if (list.empty()) list.assign(axes, otherwise);
  if (list.size() != axes) {
    fail(ErrorKind::shape, node,
         "attribute '" + std::string(attribute) + "' is " + spell(list) + ", expected " + std::to_string(axes) +
             " numbers, one per spatial axis");
  }
  return list;
}

/// Reads kernel, strides, dilations and explicit pads of a node; does not look at auto_pad.
inline Window explicit_window(const Node& node, const Shape& input, std::vector<std::int64_t> kernel) {
  if (input.size() < first_spatial_axis + 1 || kernel.size() != input.size() - first_spatial_axis) {
    fail(ErrorKind::shape, node, "a kernel " + spell(kernel) + " does not fit an input of shape " + spell(input));
  }
  const std::size_t axes = kernel.size();
  Window window{.kernel = std::move(kernel),
                .stride = spatial_list(node, "strides", axes, 1),
                .dilation = spatial_list(node, "dilations", axes, 1),
                .begin_pad = std::vector<std::int64_t>(axes, 0),
                .end_pad = std::vector<std::int64_t>(axes, 0)};
  for (std::size_t axis = 0; axis < axes; ++axis) {
    if (window.kernel[axis] < 1 || window.stride[axis] < 1 || window.dilation[axis] < 1) {
      fail(ErrorKind::shape, node,
           "kernel " + spell(window.kernel) + ", strides " + spell(window.stride) + " and dilations " +
               spell(window.dilation) + " must all be at least 1");
    }
  }
  const auto pads = node.attributes.integers("pads");
  if (pads.empty()) return window;
  if (pads.size() != 2 * axes) {
    fail(ErrorKind::shape, node,
         "attribute 'pads' is " + spell(pads) + ", expected " + std::to_string(2 * axes) +
             " numbers: all begins, then all ends");
  }
  const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(axes);
  window.begin_pad.assign(pads.begin(), middle);
  window.end_pad.assign(middle, pads.end());
  return window;
}

/// How a node wants its pads.
enum class AutoPad { notset, valid, same_upper, same_lower };

/// Reads attribute auto_pad.
inline AutoPad auto_pad(const Node& node) {
  const std::string text = node.attributes.text("auto_pad", "NOTSET");
  if (text == "NOTSET" || text.empty()) return AutoPad::notset;
  if (text == "VALID") return AutoPad::valid;
  if (text == "SAME_UPPER") return AutoPad::same_upper;
  if (text == "SAME_LOWER") return AutoPad::same_lower;
  fail(ErrorKind::format, node, "auto_pad is '" + text + "', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
}

/// Resolves the window of a convolution or pool over an input of shape [N,C,spatial...]: attributes strides, dilations,
/// pads and auto_pad. Throws `Error(shape)` when the lists do not fit the input.
inline Window resolve_window(const Node& node, const Shape& input, std::vector<std::int64_t> kernel) {
  Window window = explicit_window(node, input, std::move(kernel));
  const AutoPad mode = auto_pad(node);
  if (mode == AutoPad::notset) return window;
  for (std::size_t axis = 0; axis < window.axes(); ++axis) {
    std::int64_t total = 0;
    if (mode != AutoPad::valid) {
      const std::int64_t extent = input[first_spatial_axis + axis];
      const std::int64_t outputs = ceil_div(extent, window.stride[axis]);
      total = std::max<std::int64_t>((outputs - 1) * window.stride[axis] + window.span(axis) - extent, 0);
    }
    const std::int64_t half = total / 2;
    window.begin_pad[axis] = mode == AutoPad::same_lower ? total - half : half;
    window.end_pad[axis] = total - window.begin_pad[axis];
  }
  return window;
}

/// Resolves the window of a pool, whose kernel is attribute kernel_shape.
inline Window resolve_pool_window(const Node& node, const Shape& input) {
  return resolve_window(node, input, node.attributes.integers("kernel_shape"));
}

/// Returns how many windows fit along each spatial axis. With `ceil_mode` the last one may reach beyond the padded
/// input if it starts inside the input or its begin pad. Throws `Error(shape)` when an axis has room for none.
inline std::vector<std::int64_t> window_counts(const Node& node, const Window& window, const Shape& input,
                                               bool ceil_mode) {
  std::vector<std::int64_t> counts;
  for (std::size_t axis = 0; axis < window.axes(); ++axis) {
    const std::int64_t extent = input[first_spatial_axis + axis];
    const std::int64_t room = window.begin_pad[axis] + extent + window.end_pad[axis] - window.span(axis);
    std::int64_t count = floor_div(room, window.stride[axis]) + 1;
    if (ceil_mode) {
      count = ceil_div(room, window.stride[axis]) + 1;
      if ((count - 1) * window.stride[axis] >= extent + window.begin_pad[axis]) --count;
    }
    if (count < 1) {
      fail(ErrorKind::shape, node,
           "a window of kernel " + spell(window.kernel) + " does not fit an input of shape " + spell(input) +
               " with pads " + spell(window.begin_pad) + " and " + spell(window.end_pad),
           "the input may be too small for this network");
    }
    counts.push_back(count);
  }
  return counts;
}

/// Returns how far the last windows reach beyond the input's end along each axis: the end pads that they need.
inline std::vector<std::int64_t> reach(const Window& window, const Shape& input,
                                       const std::vector<std::int64_t>& counts) {
  std::vector<std::int64_t> beyond;
  for (std::size_t axis = 0; axis < window.axes(); ++axis) {
    const std::int64_t last = (counts[axis] - 1) * window.stride[axis] - window.begin_pad[axis];
    beyond.push_back(last + window.span(axis) - input[first_spatial_axis + axis]);
  }
  return beyond;
}

/// Returns pads in the order of at::constant_pad_nd: the last axis first, begin and end of each.
inline std::vector<std::int64_t> torch_pads(const std::vector<std::int64_t>& begin,
                                            const std::vector<std::int64_t>& end) {
  std::vector<std::int64_t> pads;
  for (std::size_t axis = begin.size(); axis-- > 0;) {
    pads.push_back(begin[axis]);
    pads.push_back(end[axis]);
  }
  return pads;
}

/// Maps a region axis by axis; empty when it is, or when any axis becomes so.
template <class PerAxis>
Region map_extents(const Region& region, PerAxis per_axis) {
  Region result;
  for (std::size_t axis = 0; axis < region.extents.size() && !region.empty; ++axis) {
    const Extent extent = per_axis(axis, region.extents[axis]);
    if (extent.begin >= extent.end) return {.empty = true, .extents = {}};
    result.extents.push_back(extent);
  }
  result.empty = region.empty;
  return result;
}

/// Returns the windows (output positions) that cover any of a part of the input.
inline Region window_affected(const Window& window, const Region& of_input) {
  return map_extents(of_input, [&](std::size_t axis, Extent in) {
    const std::int64_t pad = window.begin_pad[axis];
    const std::int64_t stride = window.stride[axis];
    return Extent{ceil_div(in.begin + pad - window.span(axis) + 1, stride), floor_div(in.end - 1 + pad, stride) + 1};
  });
}

/// Returns the part of the input that windows (output positions) cover.
inline Region window_needed(const Window& window, const Region& of_output) {
  return map_extents(of_output, [&](std::size_t axis, Extent out) {
    const std::int64_t pad = window.begin_pad[axis];
    const std::int64_t stride = window.stride[axis];
    return Extent{out.begin * stride - pad, (out.end - 1) * stride - pad + window.span(axis)};
  });
}

/// The geometry of pools.
inline Region pool_affected(const Placed& placed, std::size_t, const Region& of_input) {
  return window_affected(resolve_pool_window(placed.node, placed.input_shapes[0]), of_input);
}
inline Region pool_needed(const Placed& placed, std::size_t, const Region& of_output) {
  return window_needed(resolve_pool_window(placed.node, placed.input_shapes[0]), of_output);
}
inline constexpr Geometry pool_geometry{.affected = pool_affected, .needed = pool_needed};

}  // namespace fovea::ops

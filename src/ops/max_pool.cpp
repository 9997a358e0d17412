// Max pooling: y[n,c,o] = max over j of x[n,c, o*s - p + d*j], pads counting as the lowest value; optionally the index
// of each maximum in the flattened input (ONNX: MaxPool).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include <ATen/ops/arange.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/max_pool1d_with_indices.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool3d.h>
#include <ATen/ops/max_pool3d_with_indices.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/pool.h"
#include "ops/precision.h"
#include "ops/window.h"

namespace fovea::ops::max_pool {
namespace {

/// An input as libtorch's pools take it: padded by us where their pads do not do.
struct Source {
  Tensor x;
  Window window;  ///< whose pads libtorch is to add
  bool ceil_mode = false;
  std::vector<std::int64_t> offset;  ///< by how much `x` is shifted against the node's input, per axis
};

Source source_of(const Call& call) {
  const Tensor& input = call.input(0);
  const Shape shape = input.sizes().vec();
  Source source{.x = input.to(real_type(input)),
                .window = resolve_pool_window(call.node, shape),
                .ceil_mode = auto_pad(call.node) == AutoPad::notset && call.attributes().integer("ceil_mode", 0) != 0,
                .offset = {}};
  Window& window = source.window;
  const auto counts = window_counts(call.node, window, shape, source.ceil_mode);
  source.offset.assign(window.axes(), 0);
  if (libtorch_pads_pool(window)) return source;
  source.x = pad_for_windows(source.x, window, counts, -std::numeric_limits<double>::infinity());
  std::swap(source.offset, window.begin_pad);
  window.end_pad = window.begin_pad;
  source.ceil_mode = false;
  return source;
}

std::tuple<Tensor, Tensor> pooled_with_places(const Source& source) {
  const Window& w = source.window;
  switch (w.axes()) {
    case 1: return at::max_pool1d_with_indices(source.x, w.kernel, w.stride, w.begin_pad, w.dilation, source.ceil_mode);
    case 2: return at::max_pool2d_with_indices(source.x, w.kernel, w.stride, w.begin_pad, w.dilation, source.ceil_mode);
    default:
      return at::max_pool3d_with_indices(source.x, w.kernel, w.stride, w.begin_pad, w.dilation, source.ceil_mode);
  }
}

Tensor pooled(const Source& source) {
  const Window& w = source.window;
  switch (w.axes()) {
    case 1: return at::max_pool1d(source.x, w.kernel, w.stride, w.begin_pad, w.dilation, source.ceil_mode);
    case 2: return at::max_pool2d(source.x, w.kernel, w.stride, w.begin_pad, w.dilation, source.ceil_mode);
    default: return at::max_pool3d(source.x, w.kernel, w.stride, w.begin_pad, w.dilation, source.ceil_mode);
  }
}

/// Rounds to 40 bits of the largest magnitude: what differs by less is equal but for the order in which a machine's
/// libraries sum.
Tensor rounded(const Tensor& x) {
  constexpr int kept_bits = 40;
  const Tensor largest = x.masked_fill(x.isinf(), 0).abs().max();
  const double step = std::ldexp(1.0, std::ilogb(std::max(largest.item<double>(), 1e-300)) - kept_bits);
  return (x / step).round() * step;
}

/// Pools in float64, where results are to agree beyond one machine: equal windows, such as those of an even picture,
/// differ in their last bits from library to library, and each would choose another winner. Here the first of the
/// largest wins, up to 40 bits.
Tensor pooled_with_ties(const Source& source) {
  Source even = source;
  even.x = rounded(source.x.detach());
  const Tensor places = std::get<1>(pooled_with_places(even));
  return source.x.flatten(2).gather(2, places.flatten(2)).reshape(places.sizes());
}

/// Turns libtorch's places (in one plane of `source.x`) into ONNX's (in the whole flattened input, pads not counted).
Tensor indices(const Tensor& places, const Source& source, const Tensor& input, bool column_major) {
  const std::int64_t rank = input.dim();
  Tensor rest = places;
  Tensor result;
  std::int64_t row_step = 1;
  std::int64_t plane = 1;
  for (std::int64_t axis = 2; axis < rank; ++axis) plane *= input.size(axis);
  std::int64_t column_step = plane;
  for (std::int64_t axis = rank - 1; axis >= 2; --axis) {
    const std::int64_t extent = source.x.size(axis);
    const Tensor place = rest.remainder(extent) - source.offset[static_cast<std::size_t>(axis - 2)];
    rest = rest.div(extent, "floor");
    column_step /= input.size(axis);
    const Tensor part = place * (column_major ? column_step : row_step);
    result = result.defined() ? result + part : part;
    row_step *= input.size(axis);
  }
  Shape planes(static_cast<std::size_t>(rank), 1);
  planes[0] = input.size(0);
  planes[1] = input.size(1);
  return result + at::arange(planes[0] * planes[1], places.options()).reshape(planes) * plane;
}

Outputs forward(const Call& call) {
  constexpr std::size_t most_axes = 3;  // libtorch pools no more
  const Tensor& input = call.input(0);
  const Source source = source_of(call);
  if (source.window.axes() > most_axes) {
    fail(ErrorKind::unsupported, call.node, "pooling over " + std::to_string(source.window.axes()) + " spatial axes");
  }
  const auto& asked = call.node.outputs;
  if (asked.size() < 2 || asked[1] == no_value) {
    const bool exact = input.scalar_type() == at::kDouble && input.numel() > 0;
    return {(exact ? pooled_with_ties(source) : pooled(source)).to(input.scalar_type())};
  }
  const auto [values, places] = pooled_with_places(source);
  const bool column_major = call.attributes().integer("storage_order", 0) != 0;
  return {values.to(input.scalar_type()), indices(places, source, input, column_major)};
}

}  // namespace

extern constinit const Op descriptor{.name = "max_pool",
                                     .onnx = "MaxPool",
                                     .caffe = "Pooling",
                                     .kind = Kind::max_pool,
                                     .forward = forward,
                                     .geometry = &pool_geometry};

}  // namespace fovea::ops::max_pool

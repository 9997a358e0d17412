// Convolution: y[n,m,o] = b[m] + sum over c,j of w[m,c,j] x[n,c, o*s - p + d*j], in groups of channels, over one to
// three spatial axes (ONNX: Conv).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/precision.h"
#include "ops/window.h"

namespace fovea::ops::conv {
namespace {

constexpr std::size_t most_spatial_axes = 3;  // libtorch convolves no more

Window window_of(const Node& node, const Shape& x, const Shape& w) {
  if (w.size() < first_spatial_axis) fail(ErrorKind::shape, node, "weights have shape " + spell(w));
  Shape kernel(w.begin() + first_spatial_axis, w.end());
  const auto stated = node.attributes.integers("kernel_shape");
  if (!stated.empty() && stated != kernel) {
    fail(ErrorKind::shape, node, "kernel_shape is " + spell(stated) + ", but the weights have shape " + spell(w));
  }
  return resolve_window(node, x, std::move(kernel));
}

void check_channels(const Node& node, const Shape& x, const Shape& w, std::int64_t groups) {
  if (groups >= 1 && x[1] == w[1] * groups && w[0] % groups == 0) return;
  fail(ErrorKind::shape, node,
       "the input has " + std::to_string(x[1]) + " channels, expected " + std::to_string(w[1] * groups) +
           " for weights " + spell(w) + " in " + std::to_string(groups) + " groups");
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const at::ScalarType type = float_type(x);
  const Shape shape = x.sizes().vec();
  const Tensor weight = call.input(1).to(type);
  const Window window = window_of(call.node, shape, weight.sizes().vec());
  const std::int64_t groups = call.attributes().integer("group", 1);
  check_channels(call.node, shape, weight.sizes().vec(), groups);
  if (window.axes() > most_spatial_axes) {
    fail(ErrorKind::unsupported, call.node, "convolution over " + std::to_string(window.axes()) + " spatial axes");
  }
  window_counts(call.node, window, shape, false);
  const Tensor bias = call.has(2) ? call.input(2).to(type) : Tensor();
  Tensor source = x.to(type);
  std::vector<std::int64_t> pads = window.begin_pad;
  if (!window.symmetric()) {
    source = at::constant_pad_nd(source, torch_pads(window.begin_pad, window.end_pad), 0);
    pads.assign(window.axes(), 0);
  }
  const std::vector<std::int64_t> no_output_pads(window.axes(), 0);
  return {at::convolution(source, weight, bias, window.stride, pads, window.dilation, false, no_output_pads, groups)
              .to(x.scalar_type())};
}

Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  if (i != 0) return whole_geometry.affected(placed, i, of_input);
  return window_affected(window_of(placed.node, placed.input_shapes[0], placed.input_shapes[1]), of_input);
}

Region needed(const Placed& placed, std::size_t i, const Region& of_output) {
  if (i != 0) return whole_geometry.needed(placed, i, of_output);
  return window_needed(window_of(placed.node, placed.input_shapes[0], placed.input_shapes[1]), of_output);
}

constexpr Geometry geometry{.affected = affected, .needed = needed};

/// One multiply-add per output and weight of its filter.
std::int64_t macs(const Placed& placed) {
  std::int64_t count = 1;
  for (const std::int64_t extent : placed.output_shapes[0]) count *= extent;
  const Shape& weight = placed.input_shapes[1];
  for (std::size_t axis = 1; axis < weight.size(); ++axis) count *= weight[axis];
  return count;
}

}  // namespace

extern constinit const Op descriptor{.name = "conv",
                                     .onnx = "Conv",
                                     .caffe = "Convolution",
                                     .kind = Kind::linear,
                                     .forward = forward,
                                     .geometry = &geometry,
                                     .macs = macs};

}  // namespace fovea::ops::conv

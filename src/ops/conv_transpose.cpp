// Transposed convolution: y[n,m, i*s - p + d*j] += w[c,m,j] x[n,c,i], in groups of channels, over one to three spatial
// axes; the adjoint of a convolution (ONNX: ConvTranspose).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <fovea/op.h>

#include "ops/channels.h"
#include "ops/checks.h"
#include "ops/precision.h"
#include "ops/window.h"

namespace fovea::ops::conv_transpose {
namespace {

constexpr std::size_t most_spatial_axes = 3;  // libtorch convolves no more

/// Resolves pads so that output o lies at i*s - begin_pad + d*j and the output ends `end_pad` before the full one does;
/// output_padding and whatever an output_shape beyond the full one asks for make `end_pad` smaller or negative.
Window window_of(const Node& node, const Shape& x, const Shape& w) {
  if (w.size() < first_spatial_axis) fail(ErrorKind::shape, node, "weights have shape " + spell(w));
  Window window = explicit_window(node, x, Shape(w.begin() + first_spatial_axis, w.end()));
  const std::size_t axes = window.axes();
  const auto output_padding = spatial_list(node, "output_padding", axes, 0);
  auto output_shape = node.attributes.integers("output_shape");
  if (output_shape.size() == axes + first_spatial_axis) {  // some writers give batch and channels too
    output_shape.erase(output_shape.begin(), output_shape.begin() + first_spatial_axis);
  }
  if (!output_shape.empty() && output_shape.size() != axes) {
    fail(ErrorKind::shape, node, "output_shape is " + spell(output_shape) + ", expected one extent per spatial axis");
  }
  const AutoPad mode = auto_pad(node);
  // The specification changed in opset 11 which end an odd total is padded more at.
  const bool less_at_begin = (mode == AutoPad::same_upper) == (node.opset >= 11);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t extent = x[first_spatial_axis + axis];
    if (mode == AutoPad::valid) window.begin_pad[axis] = window.end_pad[axis] = 0;
    if (!output_shape.empty() || mode == AutoPad::same_upper || mode == AutoPad::same_lower) {
      const std::int64_t wanted = output_shape.empty() ? extent * window.stride[axis] : output_shape[axis];
      const std::int64_t full = (extent - 1) * window.stride[axis] + window.span(axis);
      const std::int64_t total = std::max<std::int64_t>(full + output_padding[axis] - wanted, 0);
      window.begin_pad[axis] = less_at_begin ? total / 2 : total - total / 2;
      window.end_pad[axis] = full - wanted - window.begin_pad[axis];
    } else {
      window.end_pad[axis] -= output_padding[axis];
    }
  }
  return window;
}

/// Tells whether libtorch's own padding and output_padding say the same as the window.
bool libtorch_pads(const Window& window) {
  for (std::size_t axis = 0; axis < window.axes(); ++axis) {
    const std::int64_t more = window.begin_pad[axis] - window.end_pad[axis];
    const std::int64_t most = std::max(window.stride[axis], window.dilation[axis]);
    if (window.begin_pad[axis] < 0 || more < 0 || more >= most) return false;
  }
  return true;
}

Tensor transposed(const Tensor& x, const Tensor& weight, const Tensor& bias, const Window& window,
                  std::int64_t groups) {
  const std::size_t axes = window.axes();
  std::vector<std::int64_t> more(axes, 0);
  if (libtorch_pads(window)) {
    for (std::size_t axis = 0; axis < axes; ++axis) more[axis] = window.begin_pad[axis] - window.end_pad[axis];
    return at::convolution(x, weight, bias, window.stride, window.begin_pad, window.dilation, true, more, groups);
  }
  const std::vector<std::int64_t> none(axes, 0);
  const Tensor full = at::convolution(x, weight, {}, window.stride, none, window.dilation, true, none, groups);
  std::vector<std::int64_t> begin, end;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    begin.push_back(-window.begin_pad[axis]);
    end.push_back(-window.end_pad[axis]);
  }
  const Tensor cut = at::constant_pad_nd(full, torch_pads(begin, end), 0);
  return bias.defined() ? cut + along_channels(bias, x.dim()) : cut;
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const at::ScalarType type = float_type(x);
  const Tensor weight = call.input(1).to(type);
  const Window window = window_of(call.node, x.sizes().vec(), weight.sizes().vec());
  const std::int64_t groups = call.attributes().integer("group", 1);
  if (groups < 1 || x.size(1) != weight.size(0) || x.size(1) % groups != 0) {
    fail(ErrorKind::shape, call.node,
         "the input has " + std::to_string(x.size(1)) + " channels, expected " + std::to_string(weight.size(0)) +
             " for weights " + spell(weight.sizes().vec()) + " in " + std::to_string(groups) + " groups");
  }
  if (window.axes() > most_spatial_axes) {
    fail(ErrorKind::unsupported, call.node, "convolution over " + std::to_string(window.axes()) + " spatial axes");
  }
  const Tensor bias = call.has(2) ? call.input(2).to(type) : Tensor();
  return {transposed(x.to(type), weight, bias, window, groups).to(x.scalar_type())};
}

// The adjoint's geometry: outputs and inputs of a convolution with this window change places.

Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  if (i != 0) return whole_geometry.affected(placed, i, of_input);
  return window_needed(window_of(placed.node, placed.input_shapes[0], placed.input_shapes[1]), of_input);
}

Region needed(const Placed& placed, std::size_t i, const Region& of_output) {
  if (i != 0) return whole_geometry.needed(placed, i, of_output);
  return window_affected(window_of(placed.node, placed.input_shapes[0], placed.input_shapes[1]), of_output);
}

constexpr Geometry geometry{.affected = affected, .needed = needed};

/// One multiply-add per input and weight that it meets.
std::int64_t macs(const Placed& placed) {
  std::int64_t count = 1;
  for (const std::int64_t extent : placed.input_shapes[0]) count *= extent;
  const Shape& weight = placed.input_shapes[1];
  for (std::size_t axis = 1; axis < weight.size(); ++axis) count *= weight[axis];
  return count;
}

}  // namespace

extern constinit const Op descriptor{.name = "conv_transpose",
                                     .onnx = "ConvTranspose",
                                     .caffe = "Deconvolution",
                                     .kind = Kind::linear,
                                     .forward = forward,
                                     .geometry = &geometry,
                                     .macs = macs};

}  // namespace fovea::ops::conv_transpose

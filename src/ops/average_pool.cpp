// Average pooling: y[n,c,o] = sum over j of x[n,c, o*s - p + d*j] / count, where `count` is the number of the window's
// positions inside the input, or inside the padded input with count_include_pad (ONNX: AveragePool).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/ones.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/pool.h"
#include "ops/precision.h"
#include "ops/window.h"

namespace fovea::ops::average_pool {
namespace {

bool libtorch_averages(const Window& window) {
  constexpr std::size_t most_axes = 3;
  const std::vector<std::int64_t> dense(window.axes(), 1);
  return window.axes() <= most_axes && window.dilation == dense && libtorch_pads_pool(window);
}

Tensor libtorch_average(const Tensor& x, const Window& w, bool ceil_mode, bool count_pads) {
  switch (w.axes()) {
    case 1: return at::avg_pool1d(x, w.kernel, w.stride, w.begin_pad, ceil_mode, count_pads);
    case 2: return at::avg_pool2d(x, w.kernel, w.stride, w.begin_pad, ceil_mode, count_pads);
    default: return at::avg_pool3d(x, w.kernel, w.stride, w.begin_pad, ceil_mode, count_pads);
  }
}

/// Returns the number of positions that each window is divided by, [1,1,spatial...].
Tensor divisors(const Tensor& x, const Window& window, const std::vector<std::int64_t>& counts, bool count_pads) {
  Shape shape = x.sizes().vec();
  shape[0] = shape[1] = 1;
  const Tensor inside = at::ones(shape, x.options());
  if (!count_pads) return sum_windows(pad_for_windows(inside, window, counts, 0), window, counts);
  // What a window of ceil_mode covers beyond the end pad stays uncounted.
  const Tensor padded = at::constant_pad_nd(inside, torch_pads(window.begin_pad, window.end_pad), 1);
  Window rest = window;
  rest.begin_pad.assign(window.axes(), 0);
  return sum_windows(pad_for_windows(padded, rest, counts, 0), rest, counts);
}

Outputs forward(const Call& call) {
  const Tensor& input = call.input(0);
  const Shape shape = input.sizes().vec();
  const Window window = resolve_pool_window(call.node, shape);
  const bool ceil_mode = auto_pad(call.node) == AutoPad::notset && call.attributes().integer("ceil_mode", 0) != 0;
  const bool count_pads = call.attributes().integer("count_include_pad", 0) != 0;
  const auto counts = window_counts(call.node, window, shape, ceil_mode);
  const Tensor x = input.to(float_type(input));
  if (libtorch_averages(window)) return {libtorch_average(x, window, ceil_mode, count_pads).to(input.scalar_type())};
  const Tensor sums = sum_windows(pad_for_windows(x, window, counts, 0), window, counts);
  return {(sums / divisors(x, window, counts, count_pads)).to(input.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{.name = "average_pool",
                                     .onnx = "AveragePool",
                                     .caffe = "Pooling",
                                     .kind = Kind::average_pool,
                                     .forward = forward,
                                     .geometry = &pool_geometry};

}  // namespace fovea::ops::average_pool

// Lp pooling: y[n,c,o] = (sum over j of |x[n,c, o*s - p + d*j]|^p)^(1/p), pads counting as 0 (ONNX: LpPool).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/lp_norm.h"
#include "ops/pool.h"
#include "ops/precision.h"
#include "ops/window.h"

namespace fovea::ops::lp_pool {
namespace {

Outputs forward(const Call& call) {
  const Tensor& input = call.input(0);
  const Shape shape = input.sizes().vec();
  const Window window = resolve_pool_window(call.node, shape);
  const bool ceil_mode = auto_pad(call.node) == AutoPad::notset && call.attributes().integer("ceil_mode", 0) != 0;
  const auto counts = window_counts(call.node, window, shape, ceil_mode);
  const double p = call.attributes().number("p", 2);
  const Tensor powers = power_of_magnitude(input.to(float_type(input)), p);
  const Tensor sums = sum_windows(pad_for_windows(powers, window, counts, 0), window, counts);
  return {root_of_sum(sums, p).to(input.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "lp_pool", .onnx = "LpPool", .kind = Kind::reduction, .forward = forward, .geometry = &pool_geometry};

}  // namespace fovea::ops::lp_pool

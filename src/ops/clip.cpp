// Limits values to an interval: y = min(max(x, low), high), either bound may be absent (ONNX: Clip). Bounds are
// attributes up to opset 10, inputs from 11 on.
// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <ATen/ops/hardtanh.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::clip {
namespace {

constexpr int first_opset_with_inputs = 11;

/// The interval; an absent bound is empty.
struct Bounds {
  std::optional<double> low;
  std::optional<double> high;
};

Bounds bounds_of(const Call& call) {
  Bounds bounds;
  if (call.opset() < first_opset_with_inputs) {
    if (call.attributes().has("min")) bounds.low = call.attributes().number("min", 0);
    if (call.attributes().has("max")) bounds.high = call.attributes().number("max", 0);
    return bounds;
  }
  if (call.has(1)) bounds.low = call.input(1).item().toDouble();
  if (call.has(2)) bounds.high = call.input(2).item().toDouble();
  return bounds;
}

/// With both bounds this is hardtanh, whose derivative is one pass and 0 at the bounds, as ReLU6's is.
Tensor clip_to(const Tensor& x, const Bounds& bounds) {
  if (bounds.low && bounds.high && *bounds.low <= *bounds.high) return at::hardtanh(x, *bounds.low, *bounds.high);
  Tensor y = x;
  if (bounds.low) y = y.clamp_min(*bounds.low);
  if (bounds.high) y = y.clamp_max(*bounds.high);
  return y;
}

Outputs forward(const Call& call) {
  const Bounds bounds = bounds_of(call);
  return {in_float(call.input(0), [&](const Tensor& x) { return clip_to(x, bounds); })};
}

}  // namespace

extern constinit const Op descriptor{.name = "clip",
                                     .onnx = "Clip",
                                     .caffe = "Clip",
                                     .kind = Kind::activation,
                                     .forward = forward,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::clip

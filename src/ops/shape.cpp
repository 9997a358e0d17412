// The input's shape as a list of integers, from axis `start` up to `end` (ONNX: Shape; both from opset 15 on).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fovea/op.h>

#include "ops/shapes.h"

namespace fovea::ops::shape {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const Shape sizes = x.sizes().vec();
  const auto within = [&](std::int64_t axis) {
    return std::clamp<std::int64_t>(axis < 0 ? axis + x.dim() : axis, 0, x.dim());
  };
  const std::int64_t start = within(call.attributes().integer("start", 0));
  const std::int64_t end = std::max(start, within(call.attributes().integer("end", x.dim())));
  return {integer_tensor({sizes.begin() + start, sizes.begin() + end}, x.device())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "shape", .onnx = "Shape", .kind = Kind::constant, .forward = forward, .geometry = &contentless_geometry};

}  // namespace fovea::ops::shape

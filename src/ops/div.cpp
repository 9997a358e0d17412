// Quotient of two inputs: y = a / b, broadcast as numpy does; of integers its whole part (ONNX: Div, opset 7 on).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

namespace fovea::ops::div {
namespace {

Outputs forward(const Call& call) {
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  if (a.is_floating_point() || b.is_floating_point()) return {a.div(b)};
  return {a.div(b, "trunc")};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "div", .onnx = "Div", .kind = Kind::arithmetic, .forward = forward, .geometry = &pointwise_geometry};

}  // namespace fovea::ops::div

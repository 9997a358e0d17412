// Choice per element: y = a where the condition holds, b elsewhere, broadcast as numpy does (ONNX: Where).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>
#include <c10/core/ScalarType.h>

#include <fovea/op.h>

namespace fovea::ops::where {
namespace {

Outputs forward(const Call& call) {
  const Tensor& a = call.input(1);
  const Tensor& b = call.input(2);
  const at::ScalarType type = c10::promoteTypes(a.scalar_type(), b.scalar_type());  // a network in double precision
  return {at::where(call.input(0).to(at::kBool), a.to(type), b.to(type))};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "where", .onnx = "Where", .kind = Kind::layout, .forward = forward, .geometry = &pointwise_geometry};

}  // namespace fovea::ops::where

// Matrix product over the last two axes, batched and broadcast over the others, as numpy.matmul (ONNX: MatMul).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/matmul.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/precision.h"

namespace fovea::ops::matmul {
namespace {

Outputs forward(const Call& call) {
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  const bool vector = b.dim() == 1;
  if (a.dim() < 1 || b.dim() < 1 || a.size(-1) != b.size(vector ? 0 : -2)) {
    fail(ErrorKind::shape, call.node,
         "A has shape " + spell(a.sizes().vec()) + ", B has shape " + spell(b.sizes().vec()) +
             ", expected the last axis of A as long as the last but one of B");
  }
  const at::ScalarType type = float_type(a);
  return {at::matmul(a.to(type), b.to(type)).to(a.scalar_type())};
}

std::int64_t macs(const Placed& placed) {
  std::int64_t count = placed.input_shapes[0].back();
  for (const std::int64_t extent : placed.output_shapes[0]) count *= extent;
  return count;
}

}  // namespace

extern constinit const Op descriptor{
    .name = "matmul", .onnx = "MatMul", .kind = Kind::linear, .forward = forward, .macs = macs};

}  // namespace fovea::ops::matmul

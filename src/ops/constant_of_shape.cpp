// A tensor of the shape that the input lists, full of one value: attribute `value`, by default the float 0 (ONNX:
// ConstantOfShape).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/scalar_tensor.h>

#include <fovea/op.h>

namespace fovea::ops::constant_of_shape {
namespace {

Outputs forward(const Call& call) {
  Tensor value = call.attributes().tensor("value");
  if (!value.defined()) value = at::scalar_tensor(0, at::TensorOptions().dtype(at::kFloat));
  return {value.to(call.input(0).device()).reshape({}).expand(call.integers(0)).contiguous()};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "constant_of_shape", .onnx = "ConstantOfShape", .kind = Kind::constant, .forward = forward};

}  // namespace fovea::ops::constant_of_shape

// What element-wise ops share: computing half types in float where libtorch has no kernels for them, and folding an op
// of two inputs over any number of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/op.h>
#include <fovea/tensor.h>

#include "ops/precision.h"

namespace fovea::ops {

/// Returns f(x), computed in float where libtorch lacks kernels for x's own type, in x's own type again.
template <class F>
Tensor in_float(const Tensor& x, F f) {
  return f(x.to(float_type(x))).to(x.scalar_type());
}

/// As `in_float`, of two inputs of the same type.
template <class F>
Tensor in_float(const Tensor& a, const Tensor& b, F f) {
  const Tensor y = f(a.to(float_type(a)), b.to(float_type(b)));
  return float_type(a) == a.scalar_type() ? y : y.to(a.scalar_type());
}

/// The forward of an element-wise op of one input and no attributes.
template <auto F>
Outputs unary(const Call& call) {
  return {in_float(call.input(0), F)};
}

/// The forward of an op of two inputs that broadcast as numpy's do.
template <auto F>
Outputs binary(const Call& call) {
  return {F(call.input(0), call.input(1))};
}

/// Returns a tensor in another element type. Up to opset 18 ONNX's own data cut a float's lower half off to make a
/// bfloat16; from 19 on the nearest is taken. Gradients pass as they are.
inline Tensor convert(const Tensor& x, at::ScalarType type, int opset) {
  constexpr int first_opset_that_rounds = 19;
  constexpr std::int64_t upper_half = -65536;  // of the 32 bits of a float: 0xffff0000
  const bool cuts = type == at::kBFloat16 && x.scalar_type() == at::kFloat && opset < first_opset_that_rounds;
  if (!cuts) return x.to(type);
  const Tensor kept = x.detach().contiguous().view(at::kInt).bitwise_and(upper_half).view(at::kFloat);
  return (x - (x.detach() - kept).nan_to_num(/*nan=*/0)).to(type);
}

/// Returns f(...f(f(a, b), c)..., z) of all of a call's inputs.
template <class F>
Tensor fold(const Call& call, F f) {
  Tensor result = call.input(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) result = f(result, call.input(i));
  return result;
}

}  // namespace fovea::ops

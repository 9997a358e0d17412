// The element types that ops compute in where libtorch has no kernel for the type they were given.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea::ops {

/// Returns the type to compute in for a tensor of floats: float for half types on the CPU, else its own.
inline at::ScalarType float_type(const Tensor& x) {
  const bool half = x.scalar_type() == at::kHalf || x.scalar_type() == at::kBFloat16;
  return half && x.is_cpu() ? at::kFloat : x.scalar_type();
}

/// Returns the type to compute in for a tensor of numbers: as `float_type`, and a float type that holds every value of
/// a small integer type (double for 32 and 64 bits).
inline at::ScalarType real_type(const Tensor& x) {
  if (x.is_floating_point()) return float_type(x);
  return x.element_size() <= 2 ? at::kFloat : at::kDouble;
}

/// Returns an optional tensor in another element type; undefined stays undefined.
inline Tensor to_type_of(const Tensor& x, at::ScalarType type) { return x.defined() ? x.to(type) : x; }

}  // namespace fovea::ops

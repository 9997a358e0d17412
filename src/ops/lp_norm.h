// The p-norm (sum |x|^p)^(1/p) in two halves, with gradient 0 instead of infinity where all elements are 0.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea::ops {

/// Returns |x|^p.
inline Tensor power_of_magnitude(const Tensor& x, double p) {
  if (p == 1) return x.abs();
  return p == 2 ? x * x : x.abs().pow(p);
}

/// Returns sums^(1/p); 0 for 0.
inline Tensor root_of_sum(const Tensor& sums, double p) {
  if (p == 1) return sums;
  const Tensor zero = sums == 0;
  const Tensor safe = sums.masked_fill(zero, 1);
  return (p == 2 ? safe.sqrt() : safe.pow(1 / p)).masked_fill(zero, 0);
}

}  // namespace fovea::ops

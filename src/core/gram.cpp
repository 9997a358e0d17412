// Gram matrices by batched products.
// SPDX-License-Identifier: Apache-2.0
#include "core/gram.h"

#include <ATen/ops/bmm.h>

namespace fovea {

Tensor gram_matrix(const Tensor& maps, const Tensor& mask) {
  constexpr double nothing = 1e-12;  // a mask that shows nothing
  const double channels = static_cast<double>(maps.size(1));
  const Tensor seen = mask.defined() ? maps * mask : maps;
  const Tensor rows = seen.flatten(2);
  const Tensor gram = at::bmm(rows, rows.transpose(1, 2));
  if (mask.defined()) return gram / (channels * mask.square().sum().clamp_min(nothing));
  return gram / (channels * static_cast<double>(rows.size(2)));
}

}  // namespace fovea

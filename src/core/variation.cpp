// Total variation by differences of shifted pictures.
// SPDX-License-Identifier: Apache-2.0
#include "core/variation.h"

#include <ATen/ops/constant_pad_nd.h>

namespace fovea {

Tensor total_variation(const Tensor& pictures, double beta, bool isotropic) {
  constexpr double guard = 1e-5;  // as the released code's
  const std::int64_t height = pictures.size(-2);
  const std::int64_t width = pictures.size(-1);
  const Tensor across = pictures.narrow(-1, 1, width - 1) - pictures.narrow(-1, 0, width - 1);
  const Tensor down = pictures.narrow(-2, 1, height - 1) - pictures.narrow(-2, 0, height - 1);
  const std::int64_t n = pictures.size(0);
  if (!isotropic) {
    if (beta == 1) return across.abs().reshape({n, -1}).sum(1) + down.abs().reshape({n, -1}).sum(1);
    const auto sum = [&](const Tensor& d) { return d.abs().clamp_min(guard).pow(beta).reshape({n, -1}).sum(1); };
    return sum(across) + sum(down);
  }
  const Tensor squares =
      at::constant_pad_nd(across.square(), {0, 1}) + at::constant_pad_nd(down.square(), {0, 0, 0, 1});
  if (beta == 2) return squares.reshape({n, -1}).sum(1);
  return squares.clamp_min(guard * guard).pow(beta / 2).reshape({n, -1}).sum(1);
}

}  // namespace fovea

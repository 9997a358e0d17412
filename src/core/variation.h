// Total variation: sum over positions of (dx^2 + dy^2)^(beta/2) with forward differences, 0 beyond the last row and
// column. Mahendran and Vedaldi 2015, equation 5.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea {

/// Returns the total variation of each picture [N] of [N,C,H,W], summed over channels and positions. `isotropic` false:
/// |dx|^beta + |dy|^beta. Differentiable; below 1e-5 its gradient is held back, where beta < 2 would make it infinite.
Tensor total_variation(const Tensor& pictures, double beta, bool isotropic = true);

}  // namespace fovea

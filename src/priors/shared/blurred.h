// Gaussian blur of pictures, and percentiles.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea::priors {

/// Blurs pictures [N,C,H,W] by a Gaussian of `sigma` px: separable, cut off at 4 sigma, the picture reflected about the
/// edges of its border pixels (as scipy.ndimage's default).
Tensor blurred(const Tensor& pictures, double sigma);

/// Returns a percentile of each row of [N,K], linear between the two nearest ranks (NumPy's default), [N].
Tensor percentile(const Tensor& rows, double percent);

}  // namespace fovea::priors

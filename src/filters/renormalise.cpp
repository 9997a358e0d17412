// ZFNet's recipe against few filters dominating: w_k <- w_k * min(1, r / RMS(w_k)), r = 0.1 (Zeiler, Fergus 2014,
// Visualizing and Understanding Convolutional Networks, section 3).
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <ATen/ops/where.h>

#include <fovea/error.h>
#include <fovea/filters.h>

namespace fovea {

Tensor renormalise(const Tensor& weights, double most_rms) {
  if (!weights.defined() || weights.dim() < 2 || weights.numel() == 0) {
    throw Error(ErrorKind::shape, "filters to renormalise must be [K,...] with at least one weight each");
  }
  if (!(most_rms > 0)) {
    throw Error(ErrorKind::usage, "filters cannot be renormalised to an RMS of " + std::to_string(most_rms));
  }
  const Tensor flat = weights.detach().flatten(1).to(at::kDouble);
  const Tensor rms = (flat * flat).mean(1, /*keepdim=*/true).sqrt();
  // Chosen, not multiplied by 1: filters below the limit keep every bit.
  const Tensor scaled = (flat * (most_rms / rms)).to(weights.scalar_type());
  return at::where(rms.gt(most_rms), scaled, weights.detach().flatten(1)).reshape(weights.sizes());
}

}  // namespace fovea

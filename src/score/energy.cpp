// The energy-based pointing game: sum over the mask of max(0, R) / sum over the picture of max(0, R) (Wang et al. 2020,
// Score-CAM).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/score.h>

#include "score/checks.h"

namespace fovea {

double energy_share(const Tensor& map, const Tensor& mask) {
  const Tensor values = checked_map(map);
  const Tensor marks = checked_mask(mask, values.size(0), values.size(1));
  // Scaled by the largest value first, so that the sum of huge ones stays finite.
  const double largest = values.max().item<double>();
  if (largest <= 0) return 0;
  const Tensor positive = values.clamp_min(0) / largest;
  return (positive * marks).sum().item<double>() / positive.sum().item<double>();
}

double energy_share(const Tensor& map, std::span<const Box> boxes) {
  const Tensor values = checked_map(map);
  return energy_share(values, mask_of(boxes, static_cast<int>(values.size(1)), static_cast<int>(values.size(0))));
}

double share_on(const Tensor& map, const Tensor& planted) { return energy_share(map, planted); }

}  // namespace fovea

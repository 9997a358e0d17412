// Evidence per pixel: a technique's map, reduced to one channel as its meaning asks, brought to the picture's size.
//   signed_rgb: E = max_c |R_c| (Simonyan et al. 2013, section 3.1);  heat, level, signed_heat: E = max(0, sum_c R_c)
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <fovea/error.h>
#include <fovea/score.h>

#include "score/checks.h"

namespace fovea {

Tensor evidence(const Map& map, int width, int height) {
  const Tensor& values = map.values;
  if (!values.defined() || values.dim() < 2 || values.dim() > 3 || values.numel() == 0) {
    throw Error(ErrorKind::shape, "a map read at '" + map.at + "' has no positions, so no pixel has evidence",
                "read it at a value that still has rows and columns");
  }
  const Tensor channels = values.detach().to(at::kFloat);
  const bool any_sign = map.drawing == Drawing::signed_rgb;
  const Tensor signs = any_sign ? channels.abs() : channels;
  Tensor flat = signs;
  if (signs.dim() == 3) flat = any_sign ? signs.amax(0) : signs.sum(0);
  // Positive before it is resized, as it is drawn: a negative neighbour must not eat into a positive place.
  return resize_map(checked_map(flat).clamp_min(0).to(at::kFloat), width, height);
}

}  // namespace fovea

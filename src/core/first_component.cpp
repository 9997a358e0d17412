// Projection on the first right singular vector, X = U S V^T, in double.
// SPDX-License-Identifier: Apache-2.0
#include "core/first_component.h"

#include <ATen/ops/linalg_svd.h>

namespace fovea {

Tensor project_on_first_component(const Tensor& maps, bool centre) {
  const Tensor places = maps.to(at::kDouble).flatten(1).t();  // [h*w, K]
  const Tensor rows = centre ? places - places.mean(0, true) : places;
  const auto [u, s, vt] = at::linalg_svd(rows, /*full_matrices=*/false);
  const Tensor direction = vt[0];
  Tensor projection = rows.mv(direction);
  // A centred projection has mean 0, so its sign is taken from what the direction says of the maps themselves.
  if (places.mv(direction).mean().item<double>() < 0) projection = -projection;
  return projection.reshape({maps.size(1), maps.size(2)}).to(maps.scalar_type());
}

}  // namespace fovea

// Lp pooling over all of space: y[n,c] = (sum over positions of |x|^p)^(1/p) (ONNX: GlobalLpPool).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/lp_norm.h"
#include "ops/pool.h"
#include "ops/precision.h"

namespace fovea::ops::global_lp_pool {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const double p = call.attributes().number("p", 2);
  Tensor sums = power_of_magnitude(x.to(float_type(x)), p);
  if (x.dim() > 2) sums = sums.sum(spatial_axes(x.dim()), /*keepdim=*/true);
  return {root_of_sum(sums, p).to(x.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "global_lp_pool", .onnx = "GlobalLpPool", .kind = Kind::reduction, .forward = forward};

}  // namespace fovea::ops::global_lp_pool

// Mean over all of space: y[n,c] = mean over positions of x (ONNX: GlobalAveragePool).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/pool.h"
#include "ops/precision.h"

namespace fovea::ops::global_average_pool {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  if (x.dim() <= 2) return {x};
  return {x.to(float_type(x)).mean(spatial_axes(x.dim()), /*keepdim=*/true).to(x.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{.name = "global_average_pool",
                                     .onnx = "GlobalAveragePool",
                                     .caffe = "Pooling",
                                     .kind = Kind::average_pool,
                                     .forward = forward};

}  // namespace fovea::ops::global_average_pool

// Maximum over all of space: y[n,c] = max over positions of x (ONNX: GlobalMaxPool).
// SPDX-License-Identifier: Apache-2.0
#include <tuple>

#include <fovea/op.h>

#include "ops/pool.h"
#include "ops/precision.h"

namespace fovea::ops::global_max_pool {
namespace {

/// Takes the first of equal maxima, as a max pool does, so that the gradient goes to one position only.
Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  if (x.dim() <= 2) return {x};
  Shape shape = x.sizes().vec();
  for (const std::int64_t axis : spatial_axes(x.dim())) shape[static_cast<std::size_t>(axis)] = 1;
  const Tensor highest = std::get<0>(x.to(float_type(x)).flatten(2).max(2));
  return {highest.reshape(shape).to(x.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "global_max_pool", .onnx = "GlobalMaxPool", .caffe = "Pooling", .kind = Kind::max_pool, .forward = forward};

}  // namespace fovea::ops::global_max_pool

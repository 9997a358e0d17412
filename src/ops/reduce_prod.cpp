// Product along axes (ONNX: ReduceProd).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_prod {
namespace {

Tensor product_along(const Tensor& x, const Shape& axes, bool keep) {
  Tensor y = x;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) y = y.prod(*axis, keep);  // from the back: numbers hold
  return y;
}

}  // namespace

extern constinit const Op descriptor{
    .name = "reduce_prod",
    .onnx = "ReduceProd",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs { return reduce(call, float_type(call.input(0)), product_along); },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_prod

// Smallest value along axes; of none at all it is plus infinity (ONNX: ReduceMin).
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_min {
namespace {

Tensor minimum_along(const Tensor& x, const Shape& axes, bool keep) {
  const bool of_none = x.numel() == 0 && x.is_floating_point();  // libtorch has no answer to that
  if (of_none) return x.sum(axes, keep) + std::numeric_limits<double>::infinity();
  return x.amin(axes, keep);
}

}  // namespace

extern constinit const Op descriptor{
    .name = "reduce_min",
    .onnx = "ReduceMin",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs { return reduce(call, float_type(call.input(0)), minimum_along); },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_min

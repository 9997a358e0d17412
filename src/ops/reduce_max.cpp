// Largest value along axes; of none at all it is minus infinity (ONNX: ReduceMax).
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_max {
namespace {

Tensor maximum_along(const Tensor& x, const Shape& axes, bool keep) {
  const bool of_none = x.numel() == 0 && x.is_floating_point();  // libtorch has no answer to that
  if (of_none) return x.sum(axes, keep) - std::numeric_limits<double>::infinity();
  return x.amax(axes, keep);
}

}  // namespace

extern constinit const Op descriptor{
    .name = "reduce_max",
    .onnx = "ReduceMax",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs { return reduce(call, float_type(call.input(0)), maximum_along); },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_max

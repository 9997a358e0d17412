// Euclidean norm along axes: y = sqrt(sum x^2), gradient 0 where y is 0 (ONNX: ReduceL2).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_l2 {

extern constinit const Op descriptor{
    .name = "reduce_l2",
    .onnx = "ReduceL2",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs {
      return reduce(call, real_type(call.input(0)),
                    [](const Tensor& x, const Shape& axes, bool keep) { return x.norm(2, axes, keep); });
    },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_l2

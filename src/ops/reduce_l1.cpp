// Sum of magnitudes along axes: y = sum |x| (ONNX: ReduceL1).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_l1 {

extern constinit const Op descriptor{
    .name = "reduce_l1",
    .onnx = "ReduceL1",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs {
      return reduce(call, float_type(call.input(0)),
                    [](const Tensor& x, const Shape& axes, bool keep) { return x.abs().sum(axes, keep); });
    },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_l1

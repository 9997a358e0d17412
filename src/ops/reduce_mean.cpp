// Mean along axes; of integers its whole part (ONNX: ReduceMean).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_mean {

extern constinit const Op descriptor{
    .name = "reduce_mean",
    .onnx = "ReduceMean",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs {
      return reduce(call, real_type(call.input(0)),
                    [](const Tensor& x, const Shape& axes, bool keep) { return x.mean(axes, keep); });
    },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_mean

// Logarithm of the sum along axes: y = ln(sum x) (ONNX: ReduceLogSum).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_log_sum {

extern constinit const Op descriptor{
    .name = "reduce_log_sum",
    .onnx = "ReduceLogSum",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs {
      return reduce(call, real_type(call.input(0)),
                    [](const Tensor& x, const Shape& axes, bool keep) { return x.sum(axes, keep).log(); });
    },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_log_sum

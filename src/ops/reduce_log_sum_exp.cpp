// Logarithm of the sum of exponentials along axes: y = ln(sum exp(x)), safe from overflow (ONNX: ReduceLogSumExp).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::reduce_log_sum_exp {

extern constinit const Op descriptor{
    .name = "reduce_log_sum_exp",
    .onnx = "ReduceLogSumExp",
    .kind = Kind::reduction,
    .forward = [](const Call& call) -> Outputs {
      return reduce(call, real_type(call.input(0)),
                    [](const Tensor& x, const Shape& axes, bool keep) { return x.logsumexp(axes, keep); });
    },
    .geometry = &axes_geometry<reduce_map>};

}  // namespace fovea::ops::reduce_log_sum_exp

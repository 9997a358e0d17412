// Piecewise linear sigmoid: y = min(max(alpha x + beta, 0), 1) (ONNX: HardSigmoid).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::hard_sigmoid {

extern constinit const Op descriptor{
    .name = "hard_sigmoid",
    .onnx = "HardSigmoid",
    .kind = Kind::activation,
    .forward = [](const Call& call) -> Outputs {
      const double alpha = call.attributes().number("alpha", 0.2);
      const double beta = call.attributes().number("beta", 0.5);
      return {in_float(call.input(0), [&](const Tensor& x) { return (x * alpha + beta).clamp(0, 1); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::hard_sigmoid

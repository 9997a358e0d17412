// Continuously differentiable ELU: y = max(x, 0) + min(0, alpha (exp(x / alpha) - 1)) (ONNX: Celu).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/celu.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::celu {

extern constinit const Op descriptor{
    .name = "celu",
    .onnx = "Celu",
    .kind = Kind::activation,
    .forward = [](const Call& call) -> Outputs {
      const double alpha = call.attributes().number("alpha", 1.0);
      return {in_float(call.input(0), [&](const Tensor& x) { return at::celu(x, alpha); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::celu

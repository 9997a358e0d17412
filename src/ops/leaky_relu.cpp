// Leaky rectifier: y = x where x >= 0, alpha x elsewhere (ONNX: LeakyRelu).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/leaky_relu.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::leaky_relu {

extern constinit const Op descriptor{
    .name = "leaky_relu",
    .onnx = "LeakyRelu",
    .kind = Kind::activation,
    .forward = [](const Call& call) -> Outputs {
      const double alpha = call.attributes().number("alpha", 0.01);
      return {in_float(call.input(0), [&](const Tensor& x) { return at::leaky_relu(x, alpha); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::leaky_relu

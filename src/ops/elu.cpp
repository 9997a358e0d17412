// Exponential linear unit: y = x where x > 0, alpha (exp(x) - 1) elsewhere (ONNX: Elu).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/elu.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::elu {

extern constinit const Op descriptor{
    .name = "elu",
    .onnx = "Elu",
    .caffe = "ELU",
    .kind = Kind::activation,
    .forward = [](const Call& call) -> Outputs {
      const double alpha = call.attributes().number("alpha", 1.0);
      return {in_float(call.input(0), [&](const Tensor& x) { return at::elu(x, alpha); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::elu

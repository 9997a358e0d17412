// Thresholded rectifier: y = x where x > alpha, 0 elsewhere (ONNX: ThresholdedRelu).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/threshold.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::thresholded_relu {

extern constinit const Op descriptor{
    .name = "thresholded_relu",
    .onnx = "ThresholdedRelu",
    .kind = Kind::activation,
    .forward = [](const Call& call) -> Outputs {
      const double alpha = call.attributes().number("alpha", 1.0);
      return {in_float(call.input(0), [&](const Tensor& x) { return at::threshold(x, alpha, 0); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::thresholded_relu

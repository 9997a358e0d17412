// Rectifier: y = max(x, 0) (ONNX: Relu).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::relu {

extern constinit const Op descriptor{.name = "relu",
                                     .onnx = "Relu",
                                     .caffe = "ReLU",
                                     .kind = Kind::rectifier,
                                     .forward = &unary<[](const Tensor& x) { return x.relu(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::relu

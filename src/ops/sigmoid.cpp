// Logistic function: y = 1 / (1 + exp(-x)) (ONNX: Sigmoid).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::sigmoid {

extern constinit const Op descriptor{.name = "sigmoid",
                                     .onnx = "Sigmoid",
                                     .caffe = "Sigmoid",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.sigmoid(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::sigmoid

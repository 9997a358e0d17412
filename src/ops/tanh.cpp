// Hyperbolic tangent: y = tanh(x) (ONNX: Tanh).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::tanh {

extern constinit const Op descriptor{.name = "tanh",
                                     .onnx = "Tanh",
                                     .caffe = "TanH",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.tanh(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::tanh

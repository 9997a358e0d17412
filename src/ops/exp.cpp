// Exponential: y = exp(x) (ONNX: Exp).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::exp {

extern constinit const Op descriptor{.name = "exp",
                                     .onnx = "Exp",
                                     .caffe = "Exp",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.exp(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::exp

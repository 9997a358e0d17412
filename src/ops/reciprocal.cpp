// Reciprocal: y = 1 / x (ONNX: Reciprocal).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::reciprocal {

extern constinit const Op descriptor{.name = "reciprocal",
                                     .onnx = "Reciprocal",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.reciprocal(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::reciprocal

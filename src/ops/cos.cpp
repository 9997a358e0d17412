// Cosine: y = cos(x), x in radians (ONNX: Cos).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::cos {

extern constinit const Op descriptor{.name = "cos",
                                     .onnx = "Cos",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.cos(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::cos

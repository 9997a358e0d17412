// Sine: y = sin(x), x in radians (ONNX: Sin).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::sin {

extern constinit const Op descriptor{.name = "sin",
                                     .onnx = "Sin",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.sin(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::sin

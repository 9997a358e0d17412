// Piecewise quadratic swish: y = x min(max(x / 6 + 1/2, 0), 1) (ONNX: HardSwish; Howard et al. 2019, MobileNetV3).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::hard_swish {

extern constinit const Op descriptor{.name = "hard_swish",
                                     .onnx = "HardSwish",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x * (x / 6 + 0.5).clamp(0, 1); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::hard_swish

// Arc tangent: y = atan(x) in radians (ONNX: Atan).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::atan {

extern constinit const Op descriptor{.name = "atan",
                                     .onnx = "Atan",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.atan(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::atan

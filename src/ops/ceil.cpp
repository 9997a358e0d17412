// Smallest whole number not below x (ONNX: Ceil).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::ceil {

extern constinit const Op descriptor{.name = "ceil",
                                     .onnx = "Ceil",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.ceil(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::ceil

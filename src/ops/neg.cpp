// Negation: y = -x (ONNX: Neg).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::neg {

extern constinit const Op descriptor{.name = "neg",
                                     .onnx = "Neg",
                                     .kind = Kind::arithmetic,
                                     .forward = &unary<[](const Tensor& x) { return x.neg(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::neg

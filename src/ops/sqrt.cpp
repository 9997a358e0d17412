// Square root: y = sqrt(x) (ONNX: Sqrt).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::sqrt {

extern constinit const Op descriptor{.name = "sqrt",
                                     .onnx = "Sqrt",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.sqrt(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::sqrt

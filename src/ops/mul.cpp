// Product of two inputs: y = a b, broadcast as numpy does (ONNX: Mul, opset 7 on).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::mul {

extern constinit const Op descriptor{.name = "mul",
                                     .onnx = "Mul",
                                     .kind = Kind::arithmetic,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.mul(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::mul

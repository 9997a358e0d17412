// Mish: y = x tanh(ln(1 + exp(x))) (ONNX: Mish; Misra 2019).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/mish.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::mish {

extern constinit const Op descriptor{.name = "mish",
                                     .onnx = "Mish",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return at::mish(x); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::mish

// Error function: y = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x (ONNX: Erf).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::erf {

extern constinit const Op descriptor{.name = "erf",
                                     .onnx = "Erf",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.erf(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::erf

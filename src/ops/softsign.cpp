// Softsign: y = x / (1 + |x|) (ONNX: Softsign).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::softsign {

extern constinit const Op descriptor{.name = "softsign",
                                     .onnx = "Softsign",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x / (x.abs() + 1); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::softsign

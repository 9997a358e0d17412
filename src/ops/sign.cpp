// Sign: y = 1 where x > 0, -1 where x < 0, 0 at 0 (ONNX: Sign).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::sign {

extern constinit const Op descriptor{.name = "sign",
                                     .onnx = "Sign",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.sign(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::sign

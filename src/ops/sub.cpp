// Difference of two inputs: y = a - b, broadcast as numpy does (ONNX: Sub, opset 7 on).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::sub {

extern constinit const Op descriptor{.name = "sub",
                                     .onnx = "Sub",
                                     .kind = Kind::arithmetic,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.sub(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::sub

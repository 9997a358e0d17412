// Comparison: y = (a >= b), true or false, broadcast as numpy does (ONNX: GreaterOrEqual).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::greater_or_equal {

extern constinit const Op descriptor{.name = "greater_or_equal",
                                     .onnx = "GreaterOrEqual",
                                     .kind = Kind::constant,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.ge(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::greater_or_equal

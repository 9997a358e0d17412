// Comparison: y = (a <= b), true or false, broadcast as numpy does (ONNX: LessOrEqual).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::less_or_equal {

extern constinit const Op descriptor{.name = "less_or_equal",
                                     .onnx = "LessOrEqual",
                                     .kind = Kind::constant,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.le(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::less_or_equal

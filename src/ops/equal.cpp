// Comparison: y = (a = b), true or false, broadcast as numpy does (ONNX: Equal).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::equal {

extern constinit const Op descriptor{.name = "equal",
                                     .onnx = "Equal",
                                     .kind = Kind::constant,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.eq(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::equal

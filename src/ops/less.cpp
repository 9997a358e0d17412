// Comparison: y = (a < b), true or false, broadcast as numpy does (ONNX: Less).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::less {

extern constinit const Op descriptor{.name = "less",
                                     .onnx = "Less",
                                     .kind = Kind::constant,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.lt(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::less

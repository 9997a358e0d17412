// Comparison: y = (a > b), true or false, broadcast as numpy does (ONNX: Greater).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::greater {

extern constinit const Op descriptor{.name = "greater",
                                     .onnx = "Greater",
                                     .kind = Kind::constant,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.gt(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::greater

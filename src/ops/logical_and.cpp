// Logical conjunction: y = a and b, broadcast as numpy does (ONNX: And).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::logical_and {

extern constinit const Op descriptor{
    .name = "logical_and",
    .onnx = "And",
    .kind = Kind::constant,
    .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.logical_and(b); }>,
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::logical_and

// Logical disjunction: y = a or b, broadcast as numpy does (ONNX: Or).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::logical_or {

extern constinit const Op descriptor{
    .name = "logical_or",
    .onnx = "Or",
    .kind = Kind::constant,
    .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.logical_or(b); }>,
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::logical_or

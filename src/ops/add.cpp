// Sum of two inputs: y = a + b, broadcast as numpy does (ONNX: Add, opset 7 on).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::add {

extern constinit const Op descriptor{.name = "add",
                                     .onnx = "Add",
                                     .kind = Kind::add,
                                     .forward = &binary<[](const Tensor& a, const Tensor& b) { return a.add(b); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::add

// Element-wise maximum of any number of inputs, broadcast as numpy does (ONNX: Max).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::max {

extern constinit const Op descriptor{
    .name = "max",
    .onnx = "Max",
    .kind = Kind::arithmetic,
    .forward = [](const Call& call) -> Outputs {
      return {fold(call, [](const Tensor& a, const Tensor& b) { return a.maximum(b); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::max

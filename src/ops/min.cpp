// Element-wise minimum of any number of inputs, broadcast as numpy does (ONNX: Min).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::min {

extern constinit const Op descriptor{
    .name = "min",
    .onnx = "Min",
    .kind = Kind::arithmetic,
    .forward = [](const Call& call) -> Outputs {
      return {fold(call, [](const Tensor& a, const Tensor& b) { return a.minimum(b); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::min

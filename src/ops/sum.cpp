// Sum of any number of inputs, broadcast as numpy does (ONNX: Sum).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::sum {

extern constinit const Op descriptor{.name = "sum",
                                     .onnx = "Sum",
                                     .kind = Kind::add,
                                     .forward = [](const Call& call) -> Outputs {
                                       return {fold(call, [](const Tensor& a, const Tensor& b) { return a.add(b); })};
                                     },
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::sum

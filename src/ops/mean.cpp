// Element-wise mean of any number of inputs, broadcast as numpy does (ONNX: Mean).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::mean {

extern constinit const Op descriptor{.name = "mean",
                                     .onnx = "Mean",
                                     .kind = Kind::arithmetic,
                                     .forward = [](const Call& call) -> Outputs {
                                       const Tensor total =
                                           fold(call, [](const Tensor& a, const Tensor& b) { return a.add(b); });
                                       return {total / static_cast<double>(call.inputs.size())};
                                     },
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::mean

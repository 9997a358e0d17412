// Logical negation: y = not x (ONNX: Not).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

namespace fovea::ops::logical_not {

extern constinit const Op descriptor{
    .name = "logical_not",
    .onnx = "Not",
    .kind = Kind::constant,
    .forward = [](const Call& call) -> Outputs { return {call.input(0).logical_not()}; },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::logical_not

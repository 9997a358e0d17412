// The input as it is: y = x (ONNX: Identity).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

namespace fovea::ops::identity {

extern constinit const Op descriptor{.name = "identity",
                                     .onnx = "Identity",
                                     .kind = Kind::identity,
                                     .forward = [](const Call& call) -> Outputs { return {call.input(0)}; },
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::identity

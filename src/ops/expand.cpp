// Repeats along axes of extent 1 until the input has the shape that it and a given shape broadcast to (ONNX: Expand).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/shapes.h"

namespace fovea::ops::expand {

extern constinit const Op descriptor{.name = "expand",
                                     .onnx = "Expand",
                                     .kind = Kind::layout,
                                     .forward = [](const Call& call) -> Outputs {
                                       const Tensor& x = call.input(0);
                                       return {x.expand(broadcast_shape(call.node, x.sizes().vec(), call.integers(1)))};
                                     },
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::expand

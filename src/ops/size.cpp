// The number of elements of the input (ONNX: Size).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/shapes.h"

namespace fovea::ops::size {

extern constinit const Op descriptor{.name = "size",
                                     .onnx = "Size",
                                     .kind = Kind::constant,
                                     .forward = [](const Call& call) -> Outputs {
                                       const Tensor& x = call.input(0);
                                       return {integer_tensor({x.numel()}, x.device()).reshape({})};
                                     },
                                     .geometry = &contentless_geometry};

}  // namespace fovea::ops::size

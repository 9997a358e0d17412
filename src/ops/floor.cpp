// Largest whole number not above x (ONNX: Floor).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::floor {

extern constinit const Op descriptor{.name = "floor",
                                     .onnx = "Floor",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.floor(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::floor

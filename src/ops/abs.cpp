// Magnitude: y = |x| (ONNX: Abs).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::abs {

extern constinit const Op descriptor{.name = "abs",
                                     .onnx = "Abs",
                                     .caffe = "AbsVal",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.abs(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::abs

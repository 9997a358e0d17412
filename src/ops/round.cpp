// Nearest whole number, halves to the even one (ONNX: Round).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::round {

extern constinit const Op descriptor{.name = "round",
                                     .onnx = "Round",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.round(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::round

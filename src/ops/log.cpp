// Natural logarithm: y = ln(x) (ONNX: Log).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::log {

extern constinit const Op descriptor{.name = "log",
                                     .onnx = "Log",
                                     .caffe = "Log",
                                     .kind = Kind::activation,
                                     .forward = &unary<[](const Tensor& x) { return x.log(); }>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::log

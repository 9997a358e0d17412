// Rectifier with a learned slope: y = x where x >= 0, slope x elsewhere; the slope broadcasts to x (ONNX: PRelu,
// opset 7 on; He et al. 2015).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>

#include <fovea/op.h>

namespace fovea::ops::prelu {

extern constinit const Op descriptor{.name = "prelu",
                                     .onnx = "PRelu",
                                     .caffe = "PReLU",
                                     .kind = Kind::activation,
                                     .forward = [](const Call& call) -> Outputs {
                                       const Tensor& x = call.input(0);
                                       return {at::where(x.lt(0), x.mul(call.input(1)), x)};
                                     },
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::prelu

// Softmax: y = exp(x) / sum exp(x) along an axis (ONNX: Softmax). Up to opset 12 all axes from `axis` on count as
// one, and the default is 1; from 13 on it is that axis alone, and the default is the last.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/axes.h"

namespace fovea::ops::softmax {

extern constinit const Op descriptor{
    .name = "softmax",
    .onnx = "Softmax",
    .caffe = "Softmax",
    .kind = Kind::softmax,
    .forward = &along_softmax_axis<[](const Tensor& x, std::int64_t axis) { return x.softmax(axis); }>,
    .geometry = &axes_geometry<softmax_map>};

}  // namespace fovea::ops::softmax

// Number of the smallest value along an axis: the first such one, or the last with select_last_index = 1 (ONNX:
// ArgMin).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::arg_min {

extern constinit const Op descriptor{
    .name = "arg_min",
    .onnx = "ArgMin",
    .kind = Kind::constant,
    .forward = &arg_reduce<[](const Tensor& x, std::int64_t axis) { return x.argmin(axis, /*keepdim=*/true); }>,
    .geometry = &axes_geometry<arg_reduce_map>};

}  // namespace fovea::ops::arg_min

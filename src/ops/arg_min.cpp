// Number of the smallest value along an axis: the first such one, or the last with select_last_index = 1 (ONNX:
// ArgMin).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops {

extern constinit const Op arg_min{
    .name = "arg_min",
    .onnx = "ArgMin",
    .kind = Kind::constant,
    .forward = &arg_reduce<[](const Tensor& x, std::int64_t axis) { return x.argmin(axis, /*keepdim=*/true); }>,
    .geometry = &axes_geometry<arg_reduce_map>};

}  // namespace fovea::ops

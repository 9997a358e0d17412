// Number of the largest value along an axis: the first such one, or the last with select_last_index = 1 (ONNX: ArgMax).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/reduce.h"

namespace fovea::ops::arg_max {

extern constinit const Op descriptor{
    .name = "arg_max",
    .onnx = "ArgMax",
    .caffe = "ArgMax",
    .kind = Kind::constant,
    .forward = &arg_reduce<[](const Tensor& x, std::int64_t axis) { return x.argmax(axis, /*keepdim=*/true); }>,
    .geometry = &axes_geometry<arg_reduce_map>};

}  // namespace fovea::ops::arg_max

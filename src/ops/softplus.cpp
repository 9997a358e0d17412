// Smooth rectifier: y = ln(1 + exp(x)) (ONNX: Softplus).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/softplus.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::softplus {
namespace {

/// From here on y equals x to the last bit of a double; libtorch's default of 20 would be seen in double precision.
constexpr double linear_from = 40;

Tensor softplus_of(const Tensor& x) { return at::softplus(x, /*beta=*/1, linear_from); }

}  // namespace

extern constinit const Op descriptor{.name = "softplus",
                                     .onnx = "Softplus",
                                     .caffe = "BNLL",
                                     .kind = Kind::activation,
                                     .forward = &unary<softplus_of>,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::softplus

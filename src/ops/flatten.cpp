// A matrix of the same elements: axes before `axis` make its rows, the others its columns (ONNX: Flatten).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/shapes.h"

namespace fovea::ops::flatten {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const std::int64_t axis = call.attributes().integer("axis", 1);
  const std::int64_t rows = axis == x.dim() ? x.dim() : resolve_axis(call.node, axis, x.dim());  // x.dim(): one column
  const auto before = static_cast<std::size_t>(rows);
  return {x.reshape({count_of(x.sizes().slice(0, before)), count_of(x.sizes().slice(before))})};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "flatten", .onnx = "Flatten", .caffe = "Flatten", .kind = Kind::layout, .forward = forward};

}  // namespace fovea::ops::flatten

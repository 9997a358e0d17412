// Writes each index as a row of `depth` values along a new axis: `on` at the index, `off` elsewhere; negative indices
// count from the end, others beyond depth give `off` throughout (ONNX: OneHot; values = [off, on]).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/arange.h>
#include <ATen/ops/where.h>

#include <fovea/op.h>

#include "ops/checks.h"

namespace fovea::ops::one_hot {
namespace {

Outputs forward(const Call& call) {
  const Tensor given = call.input(0).to(at::kLong);
  const std::int64_t depth = call.integers(1).at(0);
  const Tensor& values = call.input(2);
  const std::int64_t axis = resolve_axis(call.node, call.attributes().integer("axis", -1), given.dim() + 1);
  Shape along(static_cast<std::size_t>(given.dim() + 1), 1);
  along[static_cast<std::size_t>(axis)] = depth;
  const Tensor numbers = at::arange(depth, given.options()).reshape(along);
  const Tensor indices = at::where(given.lt(0), given + depth, given).unsqueeze(axis);
  return {at::where(indices.eq(numbers), values.select(0, 1), values.select(0, 0))};
}

}  // namespace

extern constinit const Op descriptor{.name = "one_hot", .onnx = "OneHot", .kind = Kind::constant, .forward = forward};

}  // namespace fovea::ops::one_hot

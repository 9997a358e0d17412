// Numbers from `start` up (or down) to `limit`, which is left out, by steps of `delta` (ONNX: Range).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/arange.h>

#include <algorithm>
#include <cmath>

#include <fovea/op.h>

#include "ops/checks.h"

namespace fovea::ops::range {
namespace {

Outputs forward(const Call& call) {
  const Tensor& first = call.input(0);
  const auto start = first.item<double>();
  const auto limit = call.input(1).item<double>();
  const auto delta = call.input(2).item<double>();
  if (delta == 0) fail(ErrorKind::shape, call.node, "its delta is 0");
  const auto count = std::max<std::int64_t>(static_cast<std::int64_t>(std::ceil((limit - start) / delta)), 0);
  const at::ScalarType computing = first.is_floating_point() ? at::kDouble : at::kLong;
  const Tensor steps = at::arange(count, first.options().dtype(computing));
  return {(steps * call.input(2).to(computing) + first.to(computing)).reshape({count}).to(first.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{.name = "range", .onnx = "Range", .kind = Kind::constant, .forward = forward};

}  // namespace fovea::ops::range

// Power: y = base ^ exponent, broadcast as numpy does, in the base's element type (ONNX: Pow).
// SPDX-License-Identifier: Apache-2.0
#include <c10/core/ScalarType.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::pow {
namespace {

/// Returns the type to compute in: one that holds both the base and the exponent.
at::ScalarType computing_type(const Tensor& base, const Tensor& exponent) {
  if (!base.is_floating_point() && exponent.is_floating_point()) return at::kDouble;
  return c10::promoteTypes(float_type(base), float_type(exponent));
}

Outputs forward(const Call& call) {
  const Tensor& base = call.input(0);
  const Tensor& exponent = call.input(1);
  const at::ScalarType type = computing_type(base, exponent);
  return {base.to(type).pow(exponent.to(type)).to(base.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "pow", .onnx = "Pow", .kind = Kind::arithmetic, .forward = forward, .geometry = &pointwise_geometry};

}  // namespace fovea::ops::pow

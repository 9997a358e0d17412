// Remainder of a division, broadcast as numpy does: with the sign of the divisor, or with fmod = 1 with the sign of the
// dividend, as C's fmod (ONNX: Mod).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::mod {
namespace {

Outputs forward(const Call& call) {
  const bool as_fmod = call.attributes().integer("fmod", 0) != 0;
  return {in_float(call.input(0), call.input(1),
                   [&](const Tensor& a, const Tensor& b) { return as_fmod ? a.fmod(b) : a.remainder(b); })};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "mod", .onnx = "Mod", .kind = Kind::arithmetic, .forward = forward, .geometry = &pointwise_geometry};

}  // namespace fovea::ops::mod

// Lp normalisation: y = x / (sum over the axis of |x|^p)^(1/p); 0 where the norm is 0 (ONNX: LpNormalization).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/lp_norm.h"
#include "ops/precision.h"

namespace fovea::ops::lp_normalization {
namespace {

Outputs forward(const Call& call) {
  const Tensor& input = call.input(0);
  const Tensor x = input.to(float_type(input));
  const std::int64_t axis = resolve_axis(call.node, call.attributes().integer("axis", -1), x.dim());
  const double p = call.attributes().number("p", 2);
  const Tensor norm = root_of_sum(power_of_magnitude(x, p).sum(axis, /*keepdim=*/true), p);
  return {(x / norm.masked_fill(norm == 0, 1)).to(input.scalar_type())};
}

/// Tells whether no spatial axis is normalised over.
bool local(const Placed& placed) {
  constexpr std::int64_t first_spatial = 2;
  const auto rank = static_cast<std::int64_t>(placed.input_shapes[0].size());
  return resolve_axis(placed.node, placed.node.attributes.integer("axis", -1), rank) < first_spatial;
}

Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  return local(placed) ? pointwise_geometry.affected(placed, i, of_input)
                       : whole_geometry.affected(placed, i, of_input);
}

Region needed(const Placed& placed, std::size_t i, const Region& of_output) {
  return local(placed) ? pointwise_geometry.needed(placed, i, of_output) : whole_geometry.needed(placed, i, of_output);
}

constexpr Geometry geometry{.affected = affected, .needed = needed};

}  // namespace

extern constinit const Op descriptor{.name = "lp_normalization",
                                     .onnx = "LpNormalization",
                                     .kind = Kind::normalisation,
                                     .forward = forward,
                                     .geometry = &geometry};

}  // namespace fovea::ops::lp_normalization

// Layer normalisation: y = (x - mean) / sqrt(var + epsilon) * scale + shift, mean and variance over all axes from
// `axis` on; optionally also the mean and 1/sqrt(var + epsilon) (ONNX: LayerNormalization; Ba et al., arXiv
// 1607.06450).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/layer_norm.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/precision.h"

namespace fovea::ops::layer_normalization {
namespace {

/// Normalises and returns the statistics too, which libtorch's own kernel does not let gradients through.
Outputs with_statistics(const Tensor& x, const Tensor& scale, const Tensor& shift, std::int64_t axis, double epsilon) {
  std::vector<std::int64_t> axes;
  for (std::int64_t i = axis; i < x.dim(); ++i) axes.push_back(i);
  const Tensor mean = x.mean(axes, /*keepdim=*/true);
  const Tensor centred = x - mean;
  const Tensor inverse = ((centred * centred).mean(axes, /*keepdim=*/true) + epsilon).rsqrt();
  const Tensor y = centred * inverse * scale;
  return {shift.defined() ? y + shift : y, mean, inverse};
}

Outputs forward(const Call& call) {
  constexpr double default_epsilon = 1e-5;
  const Tensor& input = call.input(0);
  // Statistics are asked for in float (stash_type); double stays double, for exact checks.
  const bool half = input.scalar_type() == at::kHalf || input.scalar_type() == at::kBFloat16;
  const at::ScalarType type = half ? at::kFloat : input.scalar_type();
  const Tensor x = input.to(type);
  const std::int64_t axis = resolve_axis(call.node, call.attributes().integer("axis", -1), x.dim());
  const double epsilon = call.attributes().number("epsilon", default_epsilon);
  const Tensor scale = call.input(1).to(type);
  const Tensor shift = call.has(2) ? call.input(2).to(type) : Tensor();
  if (call.node.outputs.size() > 1) {
    Outputs outputs = with_statistics(x, scale, shift, axis, epsilon);
    outputs[0] = outputs[0].to(input.scalar_type());
    return outputs;
  }
  const at::IntArrayRef normalised = x.sizes().slice(static_cast<std::size_t>(axis));
  const Tensor wide_shift = shift.defined() ? shift.expand(normalised) : shift;
  return {at::layer_norm(x, normalised, scale.expand(normalised), wide_shift, epsilon).to(input.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "layer_normalization", .onnx = "LayerNormalization", .kind = Kind::normalisation, .forward = forward};

}  // namespace fovea::ops::layer_normalization

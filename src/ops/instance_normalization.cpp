// Instance normalisation: y[n,c] = scale[c] * (x[n,c] - mean) / sqrt(var + epsilon) + shift[c], mean and variance over
// the space of each image and channel (ONNX: InstanceNormalization; Ulyanov et al., arXiv 1607.08022).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/channels.h"
#include "ops/checks.h"
#include "ops/pool.h"
#include "ops/precision.h"

namespace fovea::ops::instance_normalization {
namespace {

Outputs forward(const Call& call) {
  constexpr double default_epsilon = 1e-5;
  const Tensor& input = call.input(0);
  const at::ScalarType type = float_type(input);
  const Tensor x = input.to(type);
  const Tensor scale = call.input(1).to(type);
  const Tensor shift = call.input(2).to(type);
  if (x.dim() < 3 || scale.numel() != x.size(1) || shift.numel() != x.size(1)) {
    fail(ErrorKind::shape, call.node,
         "scale " + spell(scale.sizes().vec()) + " and shift " + spell(shift.sizes().vec()) +
             " do not fit an input of shape " + spell(x.sizes().vec()));
  }
  const auto axes = spatial_axes(x.dim());
  const Tensor centred = x - x.mean(axes, /*keepdim=*/true);
  const Tensor variance = (centred * centred).mean(axes, /*keepdim=*/true);
  const double epsilon = call.attributes().number("epsilon", default_epsilon);
  const Tensor factor = along_channels(scale, x.dim()) / (variance + epsilon).sqrt();
  return {(centred * factor + along_channels(shift, x.dim())).to(input.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "instance_normalization", .onnx = "InstanceNormalization", .kind = Kind::normalisation, .forward = forward};

}  // namespace fovea::ops::instance_normalization

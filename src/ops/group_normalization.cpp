// Group normalisation: y = (x - mean) / sqrt(var + epsilon) * scale + shift, mean and variance over space and the
// channels of a group; scale and shift per group (opset 18) or per channel (21) (ONNX: GroupNormalization; Wu and He,
// ECCV 2018).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/group_norm.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/precision.h"

namespace fovea::ops::group_normalization {
namespace {

constexpr int opset_per_channel = 21;

/// Returns a parameter per channel; repeats one that is per group.
Tensor per_channel(const Call& call, std::size_t i, std::int64_t groups, std::int64_t channels, at::ScalarType type) {
  const bool per_group = call.opset() < opset_per_channel;
  const std::int64_t expected = per_group ? groups : channels;
  const Tensor parameter = call.input(i).to(type);
  if (parameter.dim() != 1 || parameter.numel() != expected) {
    fail(ErrorKind::shape, call.node,
         "input " + std::to_string(i) + " has shape " + spell(parameter.sizes().vec()) + ", expected [" +
             std::to_string(expected) + "]");
  }
  return per_group ? parameter.repeat_interleave(channels / groups) : parameter;
}

Outputs forward(const Call& call) {
  constexpr double default_epsilon = 1e-5;
  const Tensor& input = call.input(0);
  const at::ScalarType type = float_type(input);
  const std::int64_t groups = call.attributes().integer("num_groups", 0);
  const std::int64_t channels = input.dim() > 1 ? input.size(1) : 0;
  if (groups < 1 || channels < 1 || channels % groups != 0) {
    fail(ErrorKind::shape, call.node,
         std::to_string(groups) + " groups do not divide an input of shape " + spell(input.sizes().vec()));
  }
  const Tensor scale = per_channel(call, 1, groups, channels, type);
  const Tensor shift = per_channel(call, 2, groups, channels, type);
  const double epsilon = call.attributes().number("epsilon", default_epsilon);
  return {at::group_norm(input.to(type), groups, scale, shift, epsilon).to(input.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "group_normalization", .onnx = "GroupNormalization", .kind = Kind::normalisation, .forward = forward};

}  // namespace fovea::ops::group_normalization

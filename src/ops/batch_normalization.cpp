// Batch normalisation: y[n,c] = (x[n,c] - mean[c]) / sqrt(var[c] + epsilon) * scale[c] + shift[c], with the given mean
// and variance, or in training mode with the batch's own (ONNX: BatchNormalization; Ioffe and Szegedy, ICML 2015).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/addcmul.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/native_batch_norm.h>
#include <fovea/op.h>

#include "ops/channels.h"
#include "ops/checks.h"
#include "ops/precision.h"

namespace fovea::ops::batch_normalization {
namespace {

constexpr double default_epsilon = 1e-5;
constexpr double default_momentum = 0.9;
constexpr int opset_without_spatial = 9;
constexpr int opset_with_training_mode = 14;

struct Parameters {
  Tensor scale, shift, mean, variance;
};

Parameters parameters_of(const Call& call, at::ScalarType type) {
  return {call.input(1).to(type), call.input(2).to(type), call.input(3).to(type), call.input(4).to(type)};
}

Tensor normalised(const Tensor& x, const Tensor& mean, const Tensor& variance, const Tensor& scale, const Tensor& shift,
                  double epsilon) {
  return (x - mean) * (scale / (variance + epsilon).sqrt()) + shift;
}

/// Normalises by the batch's statistics; also returns the running ones, the old ones weighted by `momentum`.
Outputs train(const Tensor& x, const Parameters& p, double epsilon, double momentum) {
  std::vector<std::int64_t> axes{0};
  for (std::int64_t axis = 2; axis < x.dim(); ++axis) axes.push_back(axis);
  const Tensor mean = x.mean(axes);
  const Tensor centred = x - along_channels(mean, x.dim());
  const Tensor variance = (centred * centred).mean(axes);
  const auto wide = [&](const Tensor& parameter) { return along_channels(parameter, x.dim()); };
  const Tensor y = normalised(x, wide(mean), wide(variance), wide(p.scale), wide(p.shift), epsilon);
  return {y, p.mean * momentum + mean * (1 - momentum), p.variance * momentum + variance * (1 - momentum)};
}

/// The same by libtorch's kernel, through whose statistics nothing flows: what training needs, in a third of the time.
/// Libtorch's own running variance is the unbiased one, ONNX's is not: it is recovered from what the kernel keeps.
Outputs train_detached(const Tensor& x, const Parameters& p, double epsilon, double momentum) {
  const auto [y, mean, inverse_deviation] =
      at::native_batch_norm(x, p.scale, p.shift, {}, {}, /*training=*/true, /*momentum=*/0, epsilon);
  const Tensor variance = inverse_deviation.detach().pow(-2) - epsilon;
  return {y, p.mean * momentum + mean.detach() * (1 - momentum), p.variance * momentum + variance * (1 - momentum)};
}

Tensor infer(const Tensor& x, const Parameters& p, double epsilon) {
  // libtorch's kernel refuses to pass gradients to the statistics.
  if (p.mean.requires_grad() || p.variance.requires_grad()) {
    const auto wide = [&](const Tensor& parameter) { return along_channels(parameter, x.dim()); };
    return normalised(x, wide(p.mean), wide(p.variance), wide(p.scale), wide(p.shift), epsilon);
  }
  if (x.is_contiguous(at::MemoryFormat::ChannelsLast) && !x.is_contiguous()) {
    return at::batch_norm(x, p.scale, p.shift, p.mean, p.variance, /*training=*/false, /*momentum=*/0, epsilon,
                          /*cudnn_enabled=*/true);
  }
  // Not by the kernel: for x in rows and a gradient in channels_last whose stride over a batch of one is ambiguous (a
  // reshape's), libtorch 1.13's backward reads the gradient as if it lay in rows, and is silently wrong.
  const Tensor factor = p.scale / (p.variance + epsilon).sqrt();
  const auto wide = [&](const Tensor& parameter) { return along_channels(parameter, x.dim()); };
  return at::addcmul(wide(p.shift - p.mean * factor), x, wide(factor));
}

Outputs forward(const Call& call) {
  const Tensor& input = call.input(0);
  const at::ScalarType type = float_type(input);
  const Parameters p = parameters_of(call, type);
  const double epsilon = call.attributes().number("epsilon", default_epsilon);
  // An input of one axis is a batch of one channel.
  const Tensor x = input.dim() == 1 ? input.to(type).unsqueeze(1) : input.to(type);
  if (call.opset() < opset_without_spatial && call.attributes().integer("spatial", 1) == 0) {
    return {normalised(x, p.mean, p.variance, p.scale, p.shift, epsilon).to(input.scalar_type())};
  }
  const std::int64_t channels = x.dim() > 1 ? x.size(1) : 0;
  if (p.scale.numel() != channels || p.shift.numel() != channels || p.mean.numel() != channels ||
      p.variance.numel() != channels) {
    fail(ErrorKind::shape, call.node,
         "scale " + spell(p.scale.sizes().vec()) + ", shift " + spell(p.shift.sizes().vec()) + ", mean " +
             spell(p.mean.sizes().vec()) + " and variance " + spell(p.variance.sizes().vec()) +
             " do not fit an input of shape " + spell(input.sizes().vec()));
  }
  Outputs outputs;
  if (call.opset() >= opset_with_training_mode && call.attributes().integer("training_mode", 0) != 0) {
    const double momentum = call.attributes().number("momentum", default_momentum);
    // An attribute of our own, on graphs that are built for training (src/train/build.cpp).
    const bool detached = call.attributes().integer("detached_statistics", 0) != 0;
    outputs = detached ? train_detached(x, p, epsilon, momentum) : train(x, p, epsilon, momentum);
    for (std::size_t i = 1; i < outputs.size(); ++i) outputs[i] = outputs[i].to(call.input(3).scalar_type());
  } else {
    outputs = {infer(x, p, epsilon)};
  }
  if (input.dim() == 1) outputs[0] = outputs[0].reshape(input.sizes());
  outputs[0] = outputs[0].to(input.scalar_type());
  return outputs;
}

// In training mode every position shapes the batch's statistics, and thereby every output.

bool local(const Placed& placed, std::size_t i) {
  return i == 0 && placed.node.attributes.integer("training_mode", 0) == 0;
}

Region affected(const Placed& placed, std::size_t i, const Region& of_input) {
  return local(placed, i) ? pointwise_geometry.affected(placed, i, of_input)
                          : whole_geometry.affected(placed, i, of_input);
}

Region needed(const Placed& placed, std::size_t i, const Region& of_output) {
  return local(placed, i) ? pointwise_geometry.needed(placed, i, of_output)
                          : whole_geometry.needed(placed, i, of_output);
}

constexpr Geometry geometry{.affected = affected, .needed = needed};

}  // namespace

extern constinit const Op descriptor{.name = "batch_normalization",
                                     .onnx = "BatchNormalization",
                                     .caffe = "BatchNorm",
                                     .kind = Kind::batch_norm,
                                     .forward = forward,
                                     .geometry = &geometry};

}  // namespace fovea::ops::batch_normalization

// Local response normalisation over channels: y[c] = x[c] / (bias + alpha/size * sum of x[i]^2)^beta over the `size`
// channels i from c - floor((size-1)/2) to c + ceil((size-1)/2) (ONNX: LRN; Krizhevsky et al., NIPS 2012).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/constant_pad_nd.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/precision.h"

namespace fovea::ops::lrn {
namespace {

constexpr std::int64_t channel_axis = 1;

/// Sums every channel with its neighbours: whole channels are added, which is fast in every memory format.
Tensor sum_of_neighbours(const Tensor& squares, std::int64_t size) {
  const std::int64_t before = (size - 1) / 2;
  std::vector<std::int64_t> pads(static_cast<std::size_t>(2 * (squares.dim() - channel_axis)), 0);
  pads[pads.size() - 2] = before;
  pads[pads.size() - 1] = size - 1 - before;
  const Tensor padded = at::constant_pad_nd(squares, pads, 0);
  const std::int64_t channels = squares.size(channel_axis);
  Tensor sum = padded.narrow(channel_axis, 0, channels);
  for (std::int64_t i = 1; i < size; ++i) sum = sum + padded.narrow(channel_axis, i, channels);
  return sum;
}

/// Returns d^-beta; the usual beta goes through square roots, which are many times faster than a general power.
Tensor negative_power(const Tensor& d, double beta) {
  if (beta != 0.75) return d.pow(-beta);
  const Tensor root = d.rsqrt();
  return root * root.sqrt();
}

Outputs forward(const Call& call) {
  constexpr double default_alpha = 1e-4, default_beta = 0.75, default_bias = 1.0;
  const Tensor& input = call.input(0);
  const std::int64_t size = call.attributes().integer("size", 0);
  if (size < 1) {
    fail(ErrorKind::format, call.node, "attribute 'size' is " + std::to_string(size) + ", expected 1 or more");
  }
  if (input.dim() < 2) {
    fail(ErrorKind::shape, call.node, "the input has shape " + spell(input.sizes().vec()) + ", expected [N,C,...]");
  }
  const double alpha = call.attributes().number("alpha", default_alpha) / static_cast<double>(size);
  const double beta = call.attributes().number("beta", default_beta);
  const double bias = call.attributes().number("bias", default_bias);
  const Tensor x = input.to(float_type(input));
  const Tensor base = sum_of_neighbours(x * x, size) * alpha + bias;
  return {(x * negative_power(base, beta)).to(input.scalar_type())};
}

}  // namespace

extern constinit const Op descriptor{.name = "lrn",
                                     .onnx = "LRN",
                                     .caffe = "LRN",
                                     .kind = Kind::normalisation,
                                     .forward = forward,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::lrn

// Lucid's colour matrix (Olah et al. 2017, released code) and the logistic bound.
// SPDX-License-Identifier: Apache-2.0
#include "canvases/shared/colour.h"

#include <ATen/ops/einsum.h>
#include <ATen/ops/linalg_inv.h>
#include <ATen/ops/logit.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include "core/random.h"

namespace fovea::canvases {
namespace {

constexpr double clipped = 1.0 / 512;

/// Streams of one picture's draws lie this far apart.
constexpr std::uint64_t streams_per_picture = 64;

}  // namespace

Tensor colour_matrix(const Tensor& like) {
  const Tensor root = at::tensor({0.26F, 0.09F, 0.02F, 0.27F, 0.00F, -0.05F, 0.27F, -0.09F, 0.03F})
                          .reshape({3, 3})
                          .to(like.device(), like.scalar_type());
  return root / root.square().sum(0).sqrt().max();
}

Tensor to_rgb(const Tensor& decorrelated) {
  return at::einsum("rc,nchw->nrhw", {colour_matrix(decorrelated), decorrelated});
}

Tensor from_rgb(const Tensor& rgb) { return at::einsum("cr,nrhw->nchw", {at::linalg_inv(colour_matrix(rgb)), rgb}); }

Tensor Finish::operator()(const Tensor& planes) const {
  const Tensor rgb = decorrelated ? to_rgb(planes) : planes;
  return sigmoid ? rgb.sigmoid() : rgb + mean.to(rgb.device(), rgb.scalar_type());
}

Tensor Finish::invert(const Tensor& image) const {
  const Tensor rgb =
      sigmoid ? at::logit(image.clamp(clipped, 1 - clipped)) : image - mean.to(image.device(), image.scalar_type());
  return decorrelated ? from_rgb(rgb) : rgb;
}

Finish finish_of(const CanvasCall& call) {
  return {.decorrelated = call.options.has("colour") && call.options.text("colour") == "decorrelated",
          .sigmoid = call.options.text("bound") == "sigmoid",
          .mean = call.plan.mean};
}

Tensor normal_per_picture(const CanvasPlan& plan, const Shape& shape, std::uint64_t part) {
  std::vector<Tensor> pictures;
  for (std::int64_t i = 0; i < plan.pictures; ++i) {
    pictures.push_back(normal(shape, plan.seed, static_cast<std::uint64_t>(i) * streams_per_picture + part));
  }
  return at::stack(pictures);
}

}  // namespace fovea::canvases

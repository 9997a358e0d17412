// A compositional pattern producing network draws the picture: h0 = (x, y) in +-sqrt(3), h_l = g(W_l h_(l-1) + b_l),
// g(z) = [atan(z)/.67, (atan(z)/.67)^2 ... as Lucid: atan(z)^2/.6], rgb = sigmoid(W h + b); the last layer begins at 0.
// Stanley 2007; Mordvintsev et al. 2018, Differentiable Image Parameterizations, section 3.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <ATen/ops/cat.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/meshgrid.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "canvases/shared/colour.h"

namespace fovea::canvases::cppn {
namespace {

constexpr Option options[] = {
    {.name = "layers", .type = OptionType::integer, .fallback = "8", .range = "1..32", .help = "Hidden layers."},
    {.name = "width", .type = OptionType::integer, .fallback = "24", .range = "1..256", .help = "Units of each."}};

/// Coordinates of every pixel [1,H*W,2], each axis of unit variance.
Tensor coordinates(std::int64_t height, std::int64_t width) {
  const double reach = std::sqrt(3.0);
  const auto axis = [&](std::int64_t count) {
    return count > 1 ? at::linspace(-reach, reach, count) : at::zeros({1}, at::TensorOptions(at::kFloat));
  };
  const std::vector<Tensor> grid = at::meshgrid({axis(height), axis(width)}, "ij");
  return at::stack({grid[1].flatten(), grid[0].flatten()}, 1).unsqueeze(0);
}

/// Two functions of unit variance each, so that no layer dies out: an odd and an even one.
Tensor activation(const Tensor& z) {
  constexpr double odd_deviation = 0.67;
  constexpr double even_deviation = 0.6;
  const Tensor bent = z.atan();
  return at::cat({bent / odd_deviation, bent.square() / even_deviation}, 2);
}

Canvas make_cppn(const CanvasCall& call) {
  const CanvasPlan& plan = call.plan;
  if (plan.start.defined()) {
    throw Error(ErrorKind::unsupported, "the canvas 'cppn' cannot begin from a picture",
                "take fourier, pyramid or pixels to begin from one");
  }
  const std::int64_t layers = call.options.integer("layers");
  const std::int64_t units = call.options.integer("width");
  std::vector<Tensor> parameters;
  std::int64_t in = 2;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const auto part = static_cast<std::uint64_t>(layer);
    const double deviation = 1 / std::sqrt(static_cast<double>(in));
    parameters.push_back(deviation * normal_per_picture(plan, {in, units}, part));
    parameters.push_back(at::zeros({plan.pictures, 1, units}, at::TensorOptions(at::kFloat)));
    in = 2 * units;
  }
  parameters.push_back(at::zeros({plan.pictures, in, 3}, at::TensorOptions(at::kFloat)));
  parameters.push_back(at::zeros({plan.pictures, 1, 3}, at::TensorOptions(at::kFloat)));
  for (Tensor& parameter : parameters) parameter = parameter.detach().clone().requires_grad_();
  const Tensor places = coordinates(plan.height, plan.width);
  const std::int64_t height = plan.height;
  const std::int64_t width = plan.width;
  return {.parameters = parameters,
          .image =
              [=](const std::vector<Tensor>& p) {
                Tensor hidden = places.expand({p.front().size(0), -1, -1});
                for (std::size_t i = 0; i + 2 < p.size(); i += 2)
                  hidden = activation(at::matmul(hidden, p[i]) + p[i + 1]);
                const Tensor rgb = (at::matmul(hidden, p[p.size() - 2]) + p.back()).sigmoid();
                return rgb.transpose(1, 2).reshape({rgb.size(0), 3, height, width});
              },
          .invert = {}};
}

}  // namespace

extern constinit const CanvasKind descriptor{
    .name = "cppn",
    .sentence = "A small network draws the picture from coordinates: smooth, and of any resolution.",
    .paper =
        "Stanley 2007, Compositional pattern producing networks; Mordvintsev et al. 2018, Differentiable Image "
        "Parameterizations (Distill)",
    .options = options,
    .make = make_cppn};

}  // namespace fovea::canvases::cppn

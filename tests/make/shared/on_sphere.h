// Small smooth networks as functions on a sphere of pictures, and the full Hessian as it is defined.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>

#include "make/asked.h"
#include "make/shared/sphere.h"

namespace fovea::test {

constexpr int sphere_side = 8;

/// conv - softplus - average pool - conv - softplus ("features") - global average pool - gemm, seeded, 8 px, RGB.
inline Model smooth_model() {
  Net net;
  ValueId x = net.node("Softplus", {net.conv(net.input("data", {-1, 3, sphere_side, sphere_side}), 3, 6, 3, 1, 1)});
  x = net.node(
      "AveragePool", {x},
      attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}}));
  x = net.node("Softplus", {net.conv(x, 6, 8, 3, 1, 1)}, {}, "features");
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 8, 5);
  Model model = net.model();
  model.card = made_model().card;
  model.card.preprocess->width = sphere_side;
  model.card.preprocess->height = sphere_side;
  return model;
}

/// flatten - matrix: f is linear, and 0 at the mean colour.
inline Model linear_model() {
  constexpr std::int64_t pixels = 3 * sphere_side * sphere_side;
  Net net;
  const ValueId flat = net.node("Flatten", {net.input("data", {-1, 3, sphere_side, sphere_side})});
  net.node("MatMul", {flat, net.constant(random_normal({pixels, 5}, 6))});
  Model model = net.model();
  model.card = smooth_model().card;
  return model;
}

inline make::PictureSpace space_of(const Model& model, std::int64_t frequencies = 0) {
  return make::PictureSpace({.height = sphere_side,
                             .width = sphere_side,
                             .frequencies = frequencies,
                             .mean = mean_colour(*model.card.preprocess)});
}

/// The unit as a function in float64.
inline make::UnitFunction function_of(Model model, const Objective& objective, std::int64_t frequencies = 0) {
  model.graph = to_type(model.graph, at::kDouble);
  const make::PictureSpace space = space_of(model, frequencies);
  return {std::move(model), objective, space, sphere_side, sphere_side};
}

/// The Hessian [n,n] at pixels x = mean + `offset` [3 s s], column by column by autograd, in float64.
inline Tensor full_hessian(const Model& model, const Objective& objective, const Tensor& offset) {
  const c10::AutoGradMode grad(true);
  const Graph graph = to_type(model.graph, at::kDouble);
  const Tensor mean = mean_colour(*model.card.preprocess).to(at::kDouble);
  const Tensor leaf = offset.clone().requires_grad_();
  const Tensor display = leaf.reshape({1, 3, sphere_side, sphere_side}) + mean;
  const Trace trace = run(graph, display_to_input(display, *model.card.preprocess), {.tape = Tape::whole});
  const Tensor value = objective.evaluate(graph, model.card, [&](ValueId v) { return trace.value(v); });
  const Tensor gradient = vjp({value}, {leaf}, {at::ones_like(value)}, true)[0];
  std::vector<Tensor> columns;
  for (std::int64_t i = 0; i < leaf.numel(); ++i) {
    const Tensor unit = at::zeros_like(leaf.detach());
    unit[i].fill_(1);
    columns.push_back(vjp({gradient}, {leaf}, {unit})[0].detach());
  }
  return at::stack(columns, 1);
}

}  // namespace fovea::test

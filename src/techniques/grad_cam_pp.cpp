// Grad-CAM++: w_k = sum_ij alpha_kij max(g_kij, 0) with alpha = g^2 / (2 g^2 + sum_ab(A_kab) g^3), 0 where g = 0;
// map = ReLU(sum_k w_k A_k). Chattopadhyay et al. 2018, equations 5, 12 and 19 (for an exponential of the score).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include "techniques/cam.h"

namespace fovea::techniques::grad_cam_pp {
namespace {

Map explain_grad_cam_pp(const Question& question) {
  const CamLayer layer = cam_layer(question);
  const Tensor& g = layer.gradient;
  const Tensor squared = g * g;
  const Tensor denominator =
      2 * squared + layer.activations.sum({1, 2}, true) * squared * g + question.options.number("guard");
  const Tensor alpha = at::where(g != 0, squared / denominator, at::zeros_like(g));
  const Tensor weights = (g.clamp_min(0) * alpha).sum({1, 2}, true);
  return cam_map(question, (weights * layer.activations).sum(0), layer.at);
}

constexpr Option options[] = {cam_relu_option,
                              {"guard", OptionType::number, "1e-6", "0..1",
                               "Is added to alpha's denominator, as pytorch-grad-cam does; the paper has none."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "grad_cam_pp",
    .sentence = "Weighs a layer's maps so that several objects of the class all count, not the largest alone.",
    .paper =
        "Chattopadhyay, Sarkar, Howlader, Balasubramanian 2018, Grad-CAM++ (arXiv:1710.11063), equations 5, 12, 19",
    .details =
        "The paper derives alpha for exp(score), where higher derivatives are powers of the gradient; it is "
        "applied to the objective's gradient. Default layer: the last spatial value before global pooling or "
        "flattening.",
    .options = options,
    .explain = explain_grad_cam_pp};

}  // namespace fovea::techniques::grad_cam_pp

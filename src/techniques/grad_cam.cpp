// Grad-CAM: a layer's channels weighted by their mean gradient, map = ReLU(sum_k w_k A_k) with w_k = mean_ij dy/dA_kij.
// Selvaraju et al. 2017, equations 1 and 2.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/cam.h"

namespace fovea::techniques::grad_cam {
namespace {

Map explain_grad_cam(const Question& question) {
  const CamLayer layer = cam_layer(question);
  const Tensor weights = layer.gradient.mean({1, 2}, true);
  return cam_map(question, (weights * layer.activations).sum(0), layer.at);
}

constexpr Option options[] = {cam_relu_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "grad_cam",
    .sentence =
        "Shows, coarsely, where the evidence for the class lies: a layer's maps weighted by their mean gradient.",
    .paper = "Selvaraju et al. 2017, Grad-CAM (arXiv:1610.02391), equations 1 and 2",
    .details =
        "Read with --at at any convolutional layer; default: the last spatial value before global pooling or "
        "flattening, printed with the result. A negative objective, such as -logit(3), gives the counterfactual "
        "map.",
    .options = options,
    .explain = explain_grad_cam};

}  // namespace fovea::techniques::grad_cam

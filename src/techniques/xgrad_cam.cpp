// XGrad-CAM: channels weighted by their gradient averaged over places in proportion to the activation,
// w_k = sum_ij g_kij A_kij / sum_ij A_kij, map = ReLU(sum_k w_k A_k). Fu et al. 2020, equation 7.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/cam.h"

namespace fovea::techniques::xgrad_cam {
namespace {

constexpr double least_sum = 1e-7;  // pytorch-grad-cam's guard against channels that are silent

Map explain_xgrad_cam(const Question& question) {
  const CamLayer layer = cam_layer(question);
  const Tensor sums = layer.activations.sum({1, 2}, true) + least_sum;
  const Tensor weights = (layer.gradient * layer.activations / sums).sum({1, 2}, true);
  return cam_map(question, (weights * layer.activations).sum(0), layer.at);
}

constexpr Option options[] = {cam_relu_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "xgrad_cam",
    .sentence = "Weighs a layer's maps by their gradient where they are active: Grad-CAM derived from two axioms.",
    .paper = "Fu, Hu, Dong, Guo, Gao, Li 2020, Axiom-based Grad-CAM (arXiv:2008.02312), equation 7",
    .details =
        "Default layer: the last spatial value before global pooling or flattening. At a layer of signed "
        "activations the sums in the denominators may come near 0; read it after a ReLU.",
    .options = options,
    .explain = explain_xgrad_cam};

}  // namespace fovea::techniques::xgrad_cam

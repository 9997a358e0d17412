// HiResCAM: gradient times activation, place by place, summed over channels: map = sum_k g_kij A_kij.
// Draelos and Carin 2020, equation 6.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/cam.h"

namespace fovea::techniques::hires_cam {
namespace {

Map explain_hires_cam(const Question& question) {
  const CamLayer layer = cam_layer(question);
  return cam_map(question, (layer.gradient * layer.activations).sum(0), layer.at);
}

constexpr Option options[] = {cam_relu_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "hires_cam",
    .sentence = "Multiplies a layer's gradient and activation place by place: only what the network used is shown.",
    .paper =
        "Draelos, Carin 2020, Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural "
        "networks (arXiv:2011.08891), equation 6",
    .details =
        "Where only linear layers follow the one that is read, the map sums to the objective (without bias). "
        "Default layer: the last spatial value before global pooling or flattening.",
    .options = options,
    .explain = explain_hires_cam};

}  // namespace fovea::techniques::hires_cam

// LayerCAM: every place of a layer weighted by its own positive gradient, map = ReLU(sum_k max(g_kij, 0) A_kij).
// Jiang et al. 2021, equations 5 and 6.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/cam.h"

namespace fovea::techniques::layer_cam {
namespace {

Map explain_layer_cam(const Question& question) {
  const CamLayer layer = cam_layer(question);
  return cam_map(question, (layer.gradient.clamp_min(0) * layer.activations).sum(0), layer.at);
}

constexpr Option options[] = {cam_relu_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "layer_cam",
    .sentence = "Weighs every place of a layer by its own positive gradient: finer maps from shallow layers.",
    .paper =
        "Jiang, Zhang, Hou, Cheng, Wei 2021, LayerCAM: Exploring Hierarchical Class Activation Maps for "
        "Localization, equations 5 and 6",
    .details =
        "Read with --at at any convolutional layer; on shallow layers it keeps places apart that Grad-CAM's mean "
        "gradient mixes. Default: the last spatial value before global pooling or flattening.",
    .options = options,
    .explain = explain_layer_cam};

}  // namespace fovea::techniques::layer_cam

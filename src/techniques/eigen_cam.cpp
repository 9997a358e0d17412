// EigenCAM: a layer's places projected on their first principal direction, no class involved: map = A v_1 with
// A = U S V^T over (places x channels). Muhammad and Yeasin 2020, section III.
// SPDX-License-Identifier: Apache-2.0
#include "core/first_component.h"
#include "techniques/cam.h"

namespace fovea::techniques::eigen_cam {
namespace {

Map explain_eigen_cam(const Question& question) {
  const CamLayer layer = cam_layer(question, false);
  const bool centre = question.options.flag("centre");
  Map map = cam_map(question, project_on_first_component(layer.activations, centre), layer.at);
  map.notes.emplace_back("the map does not depend on the objective; its sign is chosen so that the mean is positive");
  return map;
}

constexpr Option options[] = {cam_relu_option,
                              {"centre", OptionType::boolean, "true", "",
                               "Takes the mean over places away first, as pytorch-grad-cam does; the paper does not."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "eigen_cam",
    .sentence = "Shows what dominates a layer's activations, whatever the class: their first principal component.",
    .paper = "Muhammad, Yeasin 2020, Eigen-CAM: Class Activation Map using Principal Components (arXiv:2008.00299)",
    .details =
        "A singular vector's sign is arbitrary; here the layer's mean activation projects on it positively. "
        "Default layer: the last spatial value before global pooling or flattening.",
    .options = options,
    .explain = explain_eigen_cam};

}  // namespace fovea::techniques::eigen_cam

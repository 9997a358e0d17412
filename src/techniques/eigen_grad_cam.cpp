// EigenGradCAM: EigenCAM of gradient times activation, so that the class counts: the first principal direction of g A.
// pytorch-grad-cam (Gildenblat 2021); no paper.
// SPDX-License-Identifier: Apache-2.0
#include "core/first_component.h"
#include "techniques/cam.h"

namespace fovea::techniques::eigen_grad_cam {
namespace {

Map explain_eigen_grad_cam(const Question& question) {
  const CamLayer layer = cam_layer(question);
  const bool centre = question.options.flag("centre");
  Map map = cam_map(question, project_on_first_component(layer.gradient * layer.activations, centre), layer.at);
  map.notes.emplace_back("the component's sign is chosen so that the mean is positive");
  return map;
}

constexpr Option options[] = {
    cam_relu_option,
    {"centre", OptionType::boolean, "true", "", "Takes the mean over places away first, as pytorch-grad-cam does."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "eigen_grad_cam",
    .sentence = "Shows what dominates gradient times activation at a layer: EigenCAM that asks for a class.",
    .paper = "pytorch-grad-cam, Gildenblat and contributors 2021; after Muhammad and Yeasin 2020 (arXiv:2008.00299)",
    .details =
        "A singular vector's sign is arbitrary; here the mean of gradient times activation projects on it "
        "positively. Default layer: the last spatial value before global pooling or flattening.",
    .options = options,
    .explain = explain_eigen_grad_cam};

}  // namespace fovea::techniques::eigen_grad_cam

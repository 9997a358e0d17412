// Guided Grad-CAM: guided backprop times the Grad-CAM map, clamped at 0 and upsampled bilinearly.
// Selvaraju et al. 2017, section 3.2.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/cam.h"

#include <ATen/ops/upsample_bilinear2d.h>

namespace fovea::techniques::guided_grad_cam {
namespace {

Map explain_guided_grad_cam(const Question& question) {
  const CamLayer layer = cam_layer(question);
  const Tensor cam = (layer.gradient.mean({1, 2}, true) * layer.activations).sum(0).clamp_min(0);
  const Recipe& recipe = find_recipe("guided");
  const ValueId input = input_of(question);
  const Tensor guided = walk_to(question, question.subject.trace(), recipe, input);
  const Tensor upsampled = at::upsample_bilinear2d(cam.unsqueeze(0).unsqueeze(0), {guided.size(2), guided.size(3)},
                                                   /*align_corners=*/false);
  Map map = signed_map(question, guided * upsampled, input);
  map.notes.push_back("Grad-CAM read at '" + question.subject.graph().name(layer.at) + "'");
  add_remark(map, recipe, question.subject.graph());
  return map;
}

}  // namespace

extern constinit const Technique descriptor{
    .name = "guided_grad_cam",
    .sentence = "Shows fine detail where the evidence for the class lies: guided backprop inside the Grad-CAM map.",
    .paper = "Selvaraju et al. 2017, Grad-CAM (arXiv:1610.02391), section 3.2",
    .details =
        "The Grad-CAM map is clamped at 0 and upsampled bilinearly, as the paper does (Captum upsamples by nearest "
        "neighbour). --at chooses Grad-CAM's layer.",
    .explain = explain_guided_grad_cam};

}  // namespace fovea::techniques::guided_grad_cam

// Saliency: the largest magnitude of the gradient over the channels, M_ij = max_c |d y / d x_cij|.
// Simonyan, Vedaldi, Zisserman 2013, section 3.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/common.h"

namespace fovea::techniques {
namespace {

Map explain_saliency(const Question& question) {
  const ValueId at = read_at(question, input_of(question));
  const Tensor relevance = walk_to(question, question.subject.trace(), find_recipe("gradient"), at);
  const Tensor magnitude = relevance[0].abs();
  return {.values = magnitude.dim() > 1 ? magnitude.amax(0) : magnitude,
          .drawing = Drawing::heat,
          .at = name_of(question.subject.graph(), at)};
}

}  // namespace

extern constinit const Technique saliency{
    .name = "saliency",
    .sentence = "Shows which pixels need to change least to change the objective most.",
    .paper = "Simonyan, Vedaldi, Zisserman 2013, Deep Inside Convolutional Networks (arXiv:1312.6034), section 3",
    .details =
        "M = max over colour channels of |dy/dx|. Captum's Saliency does not take the maximum: use `gradient` to "
        "get every channel with its sign.",
    .explain = explain_saliency};

}  // namespace fovea::techniques

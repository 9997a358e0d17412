// The gradient of the objective, d y / d x, signed, per channel, at the input or at any value.
// Simonyan, Vedaldi, Zisserman 2013, section 3.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/common.h"

namespace fovea::techniques::gradient {
namespace {

Map explain_gradient(const Question& question) {
  const ValueId at = read_at(question, input_of(question));
  const Tensor relevance = walk_to(question, question.subject.trace(), find_recipe("gradient"), at);
  return signed_map(question, relevance, at);
}

}  // namespace

extern constinit const Technique descriptor{
    .name = "gradient",
    .sentence = "Shows how the objective changes when each pixel changes a little, with its sign.",
    .paper = "Simonyan, Vedaldi, Zisserman 2013, Deep Inside Convolutional Networks (arXiv:1312.6034), section 3",
    .details =
        "R = dy/dx by the chain rule through the whole network. The class score (logit) is differentiated, not the "
        "probability, whose gradient vanishes where the network is sure.",
    .sensitivity = true,
    .explain = explain_gradient};

}  // namespace fovea::techniques::gradient

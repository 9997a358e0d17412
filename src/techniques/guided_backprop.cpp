// Guided backpropagation: the gradient, with negative relevance stopped at every ReLU (recipe `guided`).
// Springenberg, Dosovitskiy, Brox, Riedmiller 2014, section 3.4.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/common.h"

namespace fovea::techniques::guided_backprop {
namespace {

Map explain_guided_backprop(const Question& question) {
  const ValueId at = read_at(question, input_of(question));
  const Recipe& recipe = find_recipe("guided");
  Map map = signed_map(question, walk_to(question, question.subject.trace(), recipe, at), at);
  add_remark(map, recipe, question.subject.graph());
  return map;
}

}  // namespace

extern constinit const Technique descriptor{
    .name = "guided_backprop",
    .sentence = "Shows the fine detail that excites the objective: the gradient without its negative paths.",
    .paper = "Springenberg et al. 2014, Striving for Simplicity (arXiv:1412.6806), section 3.4",
    .details =
        "At every ReLU (also ReLU6, Clip from 0, Max with 0, however the network spells it) relevance passes where "
        "the forward input and the relevance are both positive. Sharp, but hardly class-specific (Adebayo et al. "
        "2018): compare it with other classes before drawing conclusions.",
    .sensitivity = true,
    .explain = explain_guided_backprop};

}  // namespace fovea::techniques::guided_backprop

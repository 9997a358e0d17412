// Input times gradient, x * d y / d x, at the input or (activation times gradient) at any value.
// Shrikumar, Greenside, Shcherbina, Kundaje 2016, Not Just a Black Box (arXiv:1605.01713).
// SPDX-License-Identifier: Apache-2.0
#include "techniques/common.h"

namespace fovea::techniques::input_x_gradient {
namespace {

Map explain_input_x_gradient(const Question& question) {
  const ValueId at = read_at(question, input_of(question));
  const Trace& trace = question.subject.trace();
  const Tensor relevance = walk_to(question, trace, find_recipe("gradient"), at);
  return signed_map(question, relevance * trace.value(at), at);
}

}  // namespace

extern constinit const Technique descriptor{
    .name = "input_x_gradient",
    .sentence = "Shows how much each pixel adds to the objective if the network were linear around this picture.",
    .paper = "Shrikumar, Greenside, Shcherbina, Kundaje 2016, Not Just a Black Box (arXiv:1605.01713)",
    .details =
        "R = x * dy/dx with x in the network's own units (after preprocessing). For ReLU networks without biases "
        "the map sums to the objective; it equals LRP-0.",
    .explain = explain_input_x_gradient};

}  // namespace fovea::techniques::input_x_gradient

// Guided backpropagation: at a ReLU relevance passes where the forward input and the relevance are both positive,
// R_in = max(R_out, 0) [x > 0]; ReLU6: [0 < x < 6]. Everything else is the gradient.
// Springenberg, Dosovitskiy, Brox, Riedmiller 2014, Striving for Simplicity, section 3.4.
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "core/fused.h"
#include "rules/common.h"

namespace fovea::rules::guided {
namespace {

/// Returns where a rectifier saturates: 6 for ReLU6, infinity for ReLU.
double saturation_of(const RuleCall& call) {
  if (call.node.op->onnx != "Clip") return std::numeric_limits<double>::infinity();
  if (call.node.attributes.has("max")) return call.node.attributes.number("max", 0);
  if (call.step.inputs.size() > 2 && call.step.inputs[2].defined()) return call.step.inputs[2].item().toDouble();
  return std::numeric_limits<double>::infinity();
}

std::vector<Tensor> guide(const RuleCall& call) {
  const int input = input_like_output(call);
  if (input < 0) return call.gradient(call.relevance[0].clamp_min(0));  // Max with a 0 that broadcasts
  std::vector<Tensor> relevance(call.step.inputs.size());
  // The output is positive where the input is, and reaches the bound where the input does.
  relevance[static_cast<std::size_t>(input)] =
      positive_where_open(call.relevance[0], call.output().detach(), saturation_of(call));
  return relevance;
}

constexpr RecipeRow rows[] = {
    {rectifies, guide, "ReLU, ReLU6, Max with 0: positive relevance passes where the forward input was positive"}};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "guided",
    .sentence = "The gradient, but every ReLU also stops negative relevance.",
    .paper = "Springenberg et al. 2014, Striving for Simplicity: The All Convolutional Net, section 3.4",
    .rows = rows,
    .remark = remark_on_rectifiers};

}  // namespace fovea::rules::guided

// Guided backpropagation: at a ReLU relevance passes where the forward input and the relevance are both positive,
// R_in = max(R_out, 0) [x > 0]; ReLU6: [0 < x < 6]. Everything else is the gradient.
// Springenberg, Dosovitskiy, Brox, Riedmiller 2014, Striving for Simplicity, section 3.4.
// SPDX-License-Identifier: Apache-2.0
#include "core/fused.h"
#include "rules/common.h"

namespace fovea::rules {
namespace {

std::vector<Tensor> guide(const RuleCall& call) {
  const int input = input_like_output(call);
  if (call.node.op->kind == Kind::rectifier && input >= 0) {  // the output is positive where the input is
    std::vector<Tensor> relevance(call.step.inputs.size());
    relevance[static_cast<std::size_t>(input)] = positive_where_positive(call.relevance[0], call.output().detach());
    return relevance;
  }
  std::vector<Tensor> relevance = call.gradient(call.relevance[0].clamp_min(0));
  for (Tensor& r : relevance) {
    if (r.defined()) r = r.masked_fill(call.output() <= 0, 0);  // a Clip's own derivative is 1 at its bound
  }
  return relevance;
}

constexpr RecipeRow rows[] = {
    {rectifies, guide, "ReLU, ReLU6, Max with 0: positive relevance passes where the forward input was positive"}};

}  // namespace

extern constinit const Recipe guided{
    .name = "guided",
    .sentence = "The gradient, but every ReLU also stops negative relevance.",
    .paper = "Springenberg et al. 2014, Striving for Simplicity: The All Convolutional Net, section 3.4",
    .rows = rows,
    .remark = remark_on_rectifiers};

}  // namespace fovea::rules

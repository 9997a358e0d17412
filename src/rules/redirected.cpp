// The gradient, but a ReLU that is shut lets through what would open it: where x <= 0, relevance passes if it is
// positive (it asks for more of this unit); a saturated ReLU6 passes what is negative. Only pictures that nothing
// reaches through the ReLU as it is are redirected. Lucid's redirected_relu_grad (Olah, Mordvintsev, Schubert 2017).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>

#include "rules/common.h"

namespace fovea::rules::redirected {
namespace {

/// Tells per picture whether there is anything in a tensor, [N,1,...] as bool.
Tensor anything(const Tensor& tensor) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(tensor.dim()), 1);
  shape[0] = tensor.size(0);
  return tensor.reshape({tensor.size(0), -1}).ne(0).any(1).reshape(shape);
}

std::vector<Tensor> redirect(const RuleCall& call) {
  std::vector<Tensor> plain = call.gradient();
  const int input = input_like_output(call);
  if (input < 0 || !plain[static_cast<std::size_t>(input)].defined()) return plain;
  Tensor& through = plain[static_cast<std::size_t>(input)];
  const Tensor x = call.input(static_cast<std::size_t>(input)).detach();
  const Tensor& asked = call.relevance[0];
  // Above 0 the ReLU is open, or saturated, where only what closes it again may pass.
  const Tensor passes = at::where(x <= 0, asked > 0, through.eq(asked).logical_or(asked < 0));
  through = at::where(anything(through), through, asked * passes);
  return plain;
}

constexpr RecipeRow rows[] = {
    {rectifies, redirect, "ReLU, ReLU6, Max with 0: where nothing gets through, what would open the unit passes"}};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "redirected",
    .sentence = "The gradient, but ReLUs that are shut for a whole picture let through what would open them.",
    .paper = "Olah, Mordvintsev and Schubert 2017, Feature Visualization; Lucid's redirected_relu_grad",
    .rows = rows,
    .remark = remark_on_rectifiers};

}  // namespace fovea::rules::redirected

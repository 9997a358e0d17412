// Vector-Jacobian products of what autograd recorded. The only file that knows autograd's engine.
// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/autograd/autograd.h>

#include <fovea/trace.h>

namespace fovea {

std::vector<Tensor> vjp(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                        const std::vector<Tensor>& weights, bool create_graph) {
  std::vector<Tensor> recorded;
  std::vector<Tensor> their_weights;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (i >= weights.size() || !weights[i].defined() || !outputs[i].defined() || !outputs[i].requires_grad()) continue;
    recorded.push_back(outputs[i]);
    their_weights.push_back(weights[i]);
  }
  std::vector<Tensor> reached;
  for (const Tensor& input : inputs) {
    if (input.defined() && input.requires_grad()) reached.push_back(input);
  }
  std::vector<Tensor> gradients(inputs.size());
  if (recorded.empty() || reached.empty()) return gradients;
  const std::vector<Tensor> found = torch::autograd::grad(recorded, reached, their_weights, /*retain_graph=*/true,
                                                          create_graph, /*allow_unused=*/true);
  std::size_t next = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].defined() && inputs[i].requires_grad()) gradients[i] = found[next++];
  }
  return gradients;
}

}  // namespace fovea

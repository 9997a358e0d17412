// What several recipes share: matching nodes by kind, passing relevance on unchanged.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <fovea/walk.h>

namespace fovea::rules {

/// Matches ReLU and what equals it.
inline bool rectifies(const Graph& graph, const Node& node, const Options&) { return is_rectifier(graph, node); }

/// Matches nodes of one kind.
template <Kind kind>
bool is(const Graph&, const Node& node, const Options&) {
  return node.op->kind == kind;
}

/// Tells whether a graph has any node that a predicate accepts.
template <typename Predicate>
bool any_node(const Graph& graph, Predicate predicate) {
  return std::any_of(graph.nodes().begin(), graph.nodes().end(), predicate);
}

/// Counts the nodes whose non-linearity is not a rectifier: a rule for rectifiers leaves them their gradient.
inline std::string remark_on_rectifiers(const Graph& graph) {
  const bool rectified = any_node(graph, [&](const Node& node) { return is_rectifier(graph, node); });
  if (!rectified) return "this network has no ReLU, so the recipe equals the gradient";
  const auto others = std::count_if(graph.nodes().begin(), graph.nodes().end(), [&](const Node& node) {
    return node.op->kind == Kind::activation && !is_rectifier(graph, node);
  });
  if (others == 0) return {};
  return std::to_string(others) + " non-linearities of this network are not ReLUs and keep their gradient";
}

/// Returns the first input that relevance can flow to and that has the output's shape, or -1.
inline int input_like_output(const RuleCall& call) {
  for (std::size_t i = 0; i < call.step.inputs.size(); ++i) {
    const Tensor& input = call.step.inputs[i];
    if (input.defined() && input.requires_grad() && input.sizes() == call.output().sizes()) return static_cast<int>(i);
  }
  return -1;
}

/// Hands the relevance on unchanged to the first input of the output's shape; the gradient where there is none.
inline std::vector<Tensor> pass(const RuleCall& call) {
  const int input = input_like_output(call);
  if (input < 0) return call.gradient();
  std::vector<Tensor> relevance(call.step.inputs.size());
  relevance[static_cast<std::size_t>(input)] = call.relevance[0];
  return relevance;
}

}  // namespace fovea::rules

// Landmarks, found from the graph's shape alone: never from a model's name.
// SPDX-License-Identifier: Apache-2.0
#include "experiments/landmarks.h"

#include <set>

#include <ATen/ops/softmax.h>

#include <fovea/error.h>

#include "core/places.h"

namespace fovea {
namespace {

/// Follows a convolution's output through nodes that have one reader, up to what rectifies it.
ValueId rectified(const Graph& graph, ValueId convolved) {
  ValueId at = convolved;
  while (graph.value(at).consumers.size() == 1) {
    const Node& node = graph.node(graph.value(at).consumers.front());
    const bool rectifies = is_rectifier(graph, node) || node.op->kind == Kind::activation;
    const bool passes = node.op->kind == Kind::batch_norm || node.op->kind == Kind::identity ||
                        node.op->kind == Kind::arithmetic || node.op->kind == Kind::normalisation;
    if (!rectifies && !passes) break;
    at = node.outputs.front();
    if (rectifies) return at;
  }
  return convolved;
}

}  // namespace

ValueId first_rectified(const Graph& graph) {
  const ValueSet seen = graph.descendants(graph.inputs().front());
  for (const Node& node : graph.nodes()) {
    if (node.op->kind != Kind::linear || node.outputs.front() == no_value) continue;
    if (seen.has(node.outputs.front())) return rectified(graph, node.outputs.front());
  }
  throw Error(ErrorKind::unsupported, "the network has no linear layer, so it has no first one",
              "name a value: `fovea inspect MODEL` lists them");
}

ValueId required_classifier_input(const Graph& graph) {
  const ValueId found = classifier_input(graph, graph.logits());
  if (found != no_value) return found;
  throw Error(ErrorKind::unsupported, "the class scores come of no linear layer, so nothing is the classifier's input",
              "name a value: `fovea inspect MODEL` lists them");
}

std::vector<ValueId> frontier(const Graph& graph, ValueId at, ValueId target) {
  const ValueSet after = graph.descendants(at);
  if (!after.has(target)) {
    throw Error(ErrorKind::usage, "'" + graph.node_name(target) + "' does not depend on '" + graph.node_name(at) + "'",
                "name a value between the network's input and its class scores");
  }
  std::vector<ValueId> result{at};
  std::set<ValueId> met{at};
  for (const Node& node : graph.nodes()) {
    if (!after.has_any(node.inputs)) continue;
    for (const ValueId input : node.inputs) {
      if (input == no_value || after.has(input) || graph.is_constant(input)) continue;
      if (met.insert(input).second) result.push_back(input);
    }
  }
  return result;
}

Tensor beside_weights(const Graph& graph, const Tensor& input) {
  for (const Tensor& weight : graph.weights()) {
    if (weight.defined() && weight.is_floating_point()) return input.to(weight.device());
  }
  return input;
}

const Preprocess& required_preprocess(const Model& model) {
  if (model.card.preprocess) return *model.card.preprocess;
  throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input",
              "give it a card, or name a preset by --preprocess");
}

Tensor probabilities(const Trace& trace) { return trace.scores().to(at::kCPU, at::kDouble).softmax(1); }

}  // namespace fovea

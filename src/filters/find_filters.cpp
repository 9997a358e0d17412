// Which filters of a graph are looked at: those of a convolution by name, or of the first one on the picture's path.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <fovea/error.h>
#include <fovea/filters.h>

namespace fovea {
namespace {

constexpr std::string_view convolution = "Conv";

/// Finds the first convolution whose input depends on the network's first input; nodes are in topological order.
const Node& first_convolution(const Graph& graph) {
  const ValueSet of_picture = graph.descendants(graph.inputs().empty() ? no_value : graph.inputs()[0]);
  for (const Node& node : graph.nodes()) {
    if (node.op->onnx == convolution && !node.inputs.empty() && of_picture.has(node.inputs[0])) return node;
  }
  throw Error(ErrorKind::usage, "the network has no convolution on the picture's path, so it has no filters to show");
}

const Node& convolution_at(const Graph& graph, std::string_view at) {
  const NodeId producer = graph.value(graph.at(at)).producer;
  const Node* node = producer == no_node ? nullptr : &graph.node(producer);
  if (node != nullptr && node->op->onnx == convolution) return *node;
  std::vector<std::string> convolutions;
  for (const Node& one : graph.nodes()) {
    if (one.op->onnx == convolution) convolutions.push_back(one.name);
  }
  const std::string near = did_you_mean(at, convolutions);
  const std::string first = convolutions.empty() ? "" : "the first convolution is '" + convolutions.front() + "'";
  throw Error(ErrorKind::usage,
              "'" + std::string(at) + "' is " + (node == nullptr ? "an input" : "a " + std::string(node->op->onnx)) +
                  ", expected a Conv",
              near.empty() ? first : near);
}

}  // namespace

FilterReport inspect_filters(const Graph& graph, std::string_view at, const std::vector<double>& activation_maxima) {
  const Node& node = at.empty() ? first_convolution(graph) : convolution_at(graph, at);
  const ValueId weights = node.inputs.size() > 1 ? node.inputs[1] : no_value;
  if (weights == no_value || !graph.is_constant(weights)) {
    throw Error(ErrorKind::unsupported, "the weights of '" + node.name + "' are computed by the network, not stored",
                "name another convolution by --at");
  }
  FilterLayer layer{.node = node.name, .activation_maxima = activation_maxima};
  const std::vector<std::int64_t> strides = node.attributes.integers("strides");
  if (strides.size() == layer.stride.size()) layer.stride = {strides[0], strides[1]};
  return inspect_filters(graph.weights()[weights], layer);
}

}  // namespace fovea

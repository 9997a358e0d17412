// Batch norm folding: y = scale (Wx + b - mean) / sqrt(var + eps) + shift is itself one linear layer.
// SPDX-License-Identifier: Apache-2.0
#include "core/fold_batch_norm.h"

#include <ATen/ops/zeros_like.h>

namespace fovea {
namespace {

constexpr double default_epsilon = 1e-5;  // ONNX BatchNormalization

/// The inputs of BatchNormalization after its first, by position.
enum BatchNormInput : std::size_t { scale = 1, shift = 2, mean = 3, variance = 4 };

/// Which axis of a layer's weights runs over its outputs; -1 when it cannot be folded.
int output_axis(const Node& linear) {
  if (linear.op->onnx == "Conv") return 0;
  if (linear.op->onnx == "ConvTranspose") return linear.attributes.integer("group", 1) == 1 ? 1 : -1;
  if (linear.op->onnx == "Gemm") {
    const bool plain = linear.attributes.number("alpha", 1) == 1 && linear.attributes.number("beta", 1) == 1;
    if (!plain || linear.attributes.integer("transA", 0) != 0) return -1;
    return linear.attributes.integer("transB", 0) != 0 ? 0 : 1;
  }
  return -1;
}

bool foldable(const Graph& graph, const Node& node) {
  if (node.op->kind != Kind::batch_norm || node.inputs.size() < 5) return false;
  if (node.attributes.integer("training_mode", 0) != 0) return false;
  for (std::size_t i = scale; i <= variance; ++i) {
    if (!graph.is_constant(node.inputs[i]) || graph.weights()[node.inputs[i]].dim() != 1) return false;
  }
  const Value& input = graph.value(node.inputs[0]);
  if (input.producer == no_node || input.consumers.size() != 1) return false;
  for (const ValueId output : graph.outputs()) {
    if (output == node.inputs[0]) return false;
  }
  const Node& linear = graph.node(input.producer);
  if (output_axis(linear) < 0 || !graph.is_constant(linear.inputs[1])) return false;
  const bool has_bias = linear.inputs.size() > 2 && linear.inputs[2] != no_value;
  return !has_bias || graph.is_constant(linear.inputs[2]);
}

ValueId add_constant(Graph::Parts& parts, std::string name, Tensor tensor) {
  parts.values.push_back({.name = std::move(name)});
  parts.weights.push_back(std::move(tensor));
  return static_cast<ValueId>(parts.values.size() - 1);
}

void fold(Graph::Parts& parts, Node& linear, Node& norm) {
  const auto constant = [&](std::size_t i) { return parts.weights[norm.inputs[i]]; };
  const double epsilon = norm.attributes.number("epsilon", default_epsilon);
  // In double: the folded weights are rounded once.
  const Tensor factor = constant(scale).to(at::kDouble) / (constant(variance).to(at::kDouble) + epsilon).sqrt();
  const Tensor weight = parts.weights[linear.inputs[1]];
  Shape along(static_cast<std::size_t>(weight.dim()), 1);
  along[static_cast<std::size_t>(output_axis(linear))] = -1;
  Tensor folded = (weight.to(at::kDouble) * factor.reshape(along)).to(weight.scalar_type());
  if (weight.dim() == 4 && weight.is_contiguous(at::MemoryFormat::ChannelsLast)) {
    folded = folded.contiguous(at::MemoryFormat::ChannelsLast);
  }
  const bool has_bias = linear.inputs.size() > 2 && linear.inputs[2] != no_value;
  const Tensor bias = has_bias ? parts.weights[linear.inputs[2]].to(at::kDouble) : at::zeros_like(factor);
  const Tensor folded_bias = ((bias - constant(mean).to(at::kDouble)) * factor + constant(shift).to(at::kDouble));
  linear.inputs.resize(3, no_value);
  linear.inputs[1] = add_constant(parts, linear.name + ".folded_weight", folded);
  linear.inputs[2] = add_constant(parts, linear.name + ".folded_bias", folded_bias.to(weight.scalar_type()));
  norm.op = find_onnx_op("Identity");
  norm.inputs.resize(1);
  norm.outputs.resize(1);
  norm.attributes = {};
}

}  // namespace

Graph fold_batch_norm(const Graph& graph) {
  Graph::Parts parts = graph.parts();
  for (std::size_t n = 0; n < parts.nodes.size(); ++n) {
    if (!foldable(graph, graph.nodes()[n])) continue;
    const NodeId linear = graph.value(graph.nodes()[n].inputs[0]).producer;
    fold(parts, parts.nodes[linear], parts.nodes[n]);
  }
  return Graph(std::move(parts));
}

}  // namespace fovea

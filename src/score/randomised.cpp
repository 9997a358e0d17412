// SPDX-License-Identifier: Apache-2.0
#include "score/randomised.h"

#include <algorithm>
#include <set>

#include <ATen/ops/argsort.h>

#include "core/random.h"

namespace fovea {
namespace {

bool is_layer(const Graph& graph, const Node& node) {
  const std::set<std::string_view> linear{"Conv", "ConvTranspose", "Gemm", "MatMul"};
  if (!linear.contains(node.op->onnx)) return false;
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](ValueId v) { return v != no_value && graph.is_constant(v) && graph.weights()[v].dim() >= 2; });
}

Tensor forgotten(const Tensor& weight, std::uint64_t seed, std::uint64_t stream) {
  if (weight.dim() < 2) {
    const Tensor order = at::argsort(uniform(weight.sizes().vec(), seed, stream), /*stable=*/true, 0, false);
    return weight.index_select(0, order);
  }
  const Tensor values = weight.to(at::kDouble);
  const Tensor drawn = normal(weight.sizes().vec(), seed, stream).to(at::kDouble);
  const Tensor fresh = (values.mean() + drawn * values.std(/*unbiased=*/false)).to(weight.scalar_type());
  const bool channels_last = weight.dim() == 4 && weight.is_contiguous(at::MemoryFormat::ChannelsLast);
  return channels_last ? fresh.contiguous(at::MemoryFormat::ChannelsLast) : fresh;
}

}  // namespace

std::vector<NodeId> layers_from_top(const Graph& graph) {
  const ValueSet needed = graph.ancestors(graph.logits());
  std::vector<NodeId> layers;
  for (std::size_t n = graph.nodes().size(); n-- > 0;) {
    const Node& node = graph.nodes()[n];
    if (needed.has_any(node.outputs) && is_layer(graph, node)) layers.push_back(static_cast<NodeId>(n));
  }
  return layers;
}

Model randomise_from_top(const Model& model, std::int64_t count, std::uint64_t seed) {
  const Graph& graph = model.graph;
  Weights weights = graph.weights();
  const std::vector<NodeId> layers = layers_from_top(graph);
  const auto most = std::min(layers.size(), static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
  std::set<ValueId> done;
  for (std::size_t i = 0; i < most; ++i) {
    for (const ValueId value : graph.node(layers[i]).inputs) {
      if (value == no_value || !graph.is_constant(value) || !done.insert(value).second) continue;
      Tensor& weight = weights[value];
      if (!weight.is_floating_point() || weight.dim() < 1 || weight.numel() < 2) continue;
      weight = forgotten(weight, seed, static_cast<std::uint64_t>(value));
    }
  }
  return {.path = model.path, .hash = model.hash, .graph = graph.with_weights(std::move(weights)), .card = model.card};
}

}  // namespace fovea

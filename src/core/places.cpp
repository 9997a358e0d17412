// Default places, found from the graph's shape and one run: never from a model's name.
// SPDX-License-Identifier: Apache-2.0
#include "core/places.h"

#include <fovea/technique.h>

namespace fovea {
bool is_spatial(const Trace& trace, ValueId value) {
  if (!trace.has(value)) return false;
  const Tensor& tensor = trace.value(value);
  return tensor.dim() == 4 && tensor.is_floating_point() && tensor.size(2) * tensor.size(3) > 1;
}

std::vector<ValueId> bottlenecks(const Graph& graph, ValueId target) {
  // Sweeping the nodes in order, the values that are alive (made, and still to be read on the way to the target) are
  // what all paths cross at that moment: a bottleneck is a moment with one.
  const ValueSet on_path = graph.ancestors(target, Paths::numbers);
  const auto counts = [&](const Node& node) {
    return node.op->kind != Kind::constant && !node.outputs.empty() && on_path.has(node.outputs[0]);
  };
  std::vector<int> readers(graph.values().size(), 0);
  for (const Node& node : graph.nodes()) {
    if (!counts(node)) continue;
    for (const ValueId input : node.inputs) {
      if (on_path.has(input) && !graph.is_constant(input)) ++readers[input];
    }
  }
  std::vector<ValueId> result;
  int alive = 0;
  for (const ValueId input : graph.inputs()) alive += on_path.has(input) && readers[input] > 0 ? 1 : 0;
  if (alive == 1 && !graph.inputs().empty()) result.push_back(graph.inputs().front());
  for (const Node& node : graph.nodes()) {
    if (!counts(node)) continue;
    for (const ValueId input : node.inputs) {
      if (!on_path.has(input) || graph.is_constant(input)) continue;
      if (--readers[input] == 0) --alive;
    }
    ValueId last = no_value;
    for (const ValueId output : node.outputs) {
      if (!on_path.has(output)) continue;
      last = output;
      ++alive;
    }
    if (alive == 1 && last != no_value) result.push_back(last);
    if (last == target) break;
  }
  return result;
}

ValueId last_bottleneck_at_stride(const Trace& trace, ValueId target, std::int64_t stride) {
  const Graph& graph = trace.graph();
  const ValueId input = graph.inputs().front();
  const Tensor& picture = trace.value(input);
  ValueId found = input;
  for (const ValueId value : bottlenecks(graph, target)) {
    if (!is_spatial(trace, value) || value == target) continue;
    const Tensor& map = trace.value(value);
    // A pool without padding rounds down: 15 rows of 227 still count as a stride of 16.
    const bool fine = (map.size(2) + 1) * stride > picture.size(2) && (map.size(3) + 1) * stride > picture.size(3);
    if (fine) found = value;
  }
  return found;
}

ValueId classifier_input(const Graph& graph, ValueId target) {
  const ValueSet on_path = graph.ancestors(target, Paths::numbers);
  for (std::size_t n = graph.nodes().size(); n-- > 0;) {
    const Node& node = graph.nodes()[n];
    if (node.op->kind != Kind::linear || !on_path.has(node.outputs[0])) continue;
    for (const ValueId input : node.inputs) {
      if (input != no_value && !graph.is_constant(input)) return input;
    }
  }
  return no_value;
}

ValueId last_spatial_value(const Trace& trace) {
  const Graph& graph = trace.graph();
  const ValueSet on_path = graph.ancestors(graph.logits(), Paths::numbers);
  for (std::size_t n = graph.nodes().size(); n-- > 0;) {
    const Node& node = graph.nodes()[n];
    if (!on_path.has(node.outputs[0]) || node.op->kind == Kind::constant) continue;
    if (is_spatial(trace, node.outputs[0])) return node.outputs[0];  // a fully convolutional network ends in a map
    for (const ValueId input : node.inputs) {
      if (input != no_value && is_spatial(trace, input) && !graph.is_constant(input)) return input;
    }
  }
  return graph.inputs().front();
}

}  // namespace fovea

// Finds the logits: from the output back through reshaping to the softmax, and one step further.
// SPDX-License-Identifier: Apache-2.0
#include "load/logits.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace fovea::load {
namespace {

constexpr std::array<std::string_view, 7> reshaping_ops{"Identity", "Dropout",   "Reshape", "Flatten",
                                                        "Squeeze",  "Unsqueeze", "Cast"};
constexpr std::array<std::string_view, 2> softmax_ops{"Softmax", "LogSoftmax"};
constexpr std::array<std::string_view, 2> choosing_ops{"ArgMax", "ArgMin"};

bool is_one_of(const Node& node, std::span<const std::string_view> ops) {
  return std::find(ops.begin(), ops.end(), node.op->onnx) != ops.end();
}

/// The producers of a graph's values; null where no node produces one.
using Producers = std::vector<const Node*>;

Producers find_producers(const Graph::Parts& parts) {
  Producers producers(parts.values.size(), nullptr);
  for (const Node& node : parts.nodes) {
    for (const ValueId output : node.outputs) {
      if (output != no_value) producers[output] = &node;
    }
  }
  return producers;
}

const Node* producer_of(const Producers& producers, ValueId value) {
  return value == no_value ? nullptr : producers[value];
}

/// Walks back through ops that only reshape. A graph may still hold a cycle here, so steps are counted.
ValueId behind_reshaping(const Producers& producers, ValueId value) {
  for (std::size_t steps = 0; steps < producers.size(); ++steps) {
    const Node* node = producer_of(producers, value);
    if (node == nullptr || !is_one_of(*node, reshaping_ops) || node->inputs.empty()) break;
    value = node->inputs.front();
  }
  return value;
}

/// Tells whether a value holds floating-point numbers, as far as ops say.
bool is_float(const Graph::Parts& parts, const Producers& producers, ValueId value) {
  const Node* last = producer_of(producers, value);
  if (last != nullptr && last->op->onnx == "Cast") {
    constexpr std::array<std::int64_t, 4> float_types{1, 10, 11, 16};  // TensorProto's FLOAT, FLOAT16, DOUBLE, BFLOAT16
    const std::int64_t to = last->attributes.integer("to", 1);
    return std::find(float_types.begin(), float_types.end(), to) != float_types.end();
  }
  const ValueId source = behind_reshaping(producers, value);
  if (source == no_value) return false;
  if (const Tensor& constant = parts.weights[source]; constant.defined()) {
    return constant.is_floating_point();
  }
  const Node* node = producer_of(producers, source);
  if (node == nullptr) return true;
  const bool indices = node->op->onnx == "TopK" && node->outputs.size() > 1 && node->outputs[1] == source;
  return !indices && node->op->kind != Kind::constant && !is_one_of(*node, choosing_ops);
}

}  // namespace

ValueId find_logits(const Graph::Parts& parts) {
  if (parts.outputs.empty()) return no_value;
  const Producers producers = find_producers(parts);
  const auto scores = std::find_if(parts.outputs.begin(), parts.outputs.end(),
                                   [&](ValueId output) { return is_float(parts, producers, output); });
  ValueId output = scores == parts.outputs.end() ? parts.outputs.front() : *scores;
  if (scores == parts.outputs.end()) {
    const Node* choice = producer_of(producers, behind_reshaping(producers, output));
    if (choice != nullptr && is_one_of(*choice, choosing_ops) && !choice->inputs.empty()) {
      output = choice->inputs.front();
    }
  }
  const Node* softmax = producer_of(producers, behind_reshaping(producers, output));
  const bool found = softmax != nullptr && is_one_of(*softmax, softmax_ops) && !softmax->inputs.empty();
  return found ? softmax->inputs.front() : output;
}

}  // namespace fovea::load

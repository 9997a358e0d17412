// Running a graph node by node. With a per-op tape every node's inputs are cut off from what came before and recorded
// on their own, so that a walk can apply another rule at each node; with a whole tape autograd sees the graph as one.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <fovea/error.h>
#include <fovea/trace.h>

#include "core/reach.h"

namespace fovea {
namespace {

std::string shapes_text(const Node& node, const std::vector<Tensor>& inputs) {
  std::string text;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].defined()) continue;
    text += text.empty() ? "[" : ", [";
    for (std::int64_t axis = 0; axis < inputs[i].dim(); ++axis) {
      text += (axis > 0 ? "," : "") + std::to_string(inputs[i].size(axis));
    }
    text += "]";
  }
  return "node '" + node.name + "' (" + std::string(node.op->onnx) + ") cannot take inputs " + text;
}

Outputs forward(const Node& node, const std::vector<Tensor>& inputs) {
  try {
    return node.op->forward(Call{node, inputs});
  } catch (const c10::Error& error) {
    std::string reason = error.what_without_backtrace();
    reason = reason.substr(0, reason.find('\n'));
    const bool memory = reason.find("memory") != std::string::npos;
    throw Error(memory ? ErrorKind::resource : ErrorKind::shape, shapes_text(node, inputs) + ": " + reason,
                "check the size of the network's input, or the file");
  }
}

/// How often each value is still to be read, so that a run that keeps little can let go early.
std::vector<int> count_readers(const Graph& graph, const std::vector<bool>& nodes) {
  std::vector<int> readers(graph.values().size(), 0);
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (!nodes[n]) continue;
    for (const ValueId input : graph.nodes()[n].inputs) {
      if (input != no_value) ++readers[input];
    }
  }
  return readers;
}

Tensor prepare_input(const Graph& graph, const Tensor& x) {
  if (graph.inputs().empty()) throw Error(ErrorKind::usage, "the network has no input to run on");
  const Value& value = graph.value(graph.inputs().front());
  const Shape& declared = value.declared;
  bool fits = declared.empty() || static_cast<std::int64_t>(declared.size()) == x.dim();
  for (std::size_t axis = 1; fits && axis < declared.size(); ++axis) {  // the batch may differ
    fits = declared[axis] < 0 || declared[axis] == x.size(static_cast<std::int64_t>(axis));
  }
  if (!fits) {
    const auto text = [](const auto& sizes) {
      std::string list;
      for (const std::int64_t size : sizes) list += (list.empty() ? "" : ",") + (size < 0 ? "?" : std::to_string(size));
      return "[" + list + "]";
    };
    throw Error(ErrorKind::shape,
                "the network's input '" + value.name + "' is " + text(declared) + ", found " + text(x.sizes()));
  }
  const bool packed = x.dim() == 4 && x.scalar_type() != at::kDouble;  // libtorch's double kernels are plain NCHW
  return packed ? x.contiguous(at::MemoryFormat::ChannelsLast) : x.contiguous();
}

/// The state of one run while it goes on.
struct Running {
  const Graph& graph;
  const RunOptions& options;
  std::vector<Tensor>& values;
  std::vector<Step>& steps;
  std::vector<bool> flows;  ///< whether a value depends differentiably on what the run was given

  void compute(NodeId n);
};

bool can_flow(const Tensor& tensor) { return tensor.defined() && tensor.is_floating_point(); }

void Running::compute(NodeId n) {
  const Node& node = graph.node(n);
  std::vector<Tensor> inputs;
  inputs.reserve(node.inputs.size());
  bool flowing = false;
  for (const ValueId input : node.inputs) {
    inputs.push_back(input == no_value ? Tensor{} : values[input]);
    if (input == no_value || !flows[input]) continue;
    flowing = true;
    if (options.tape == Tape::per_op) inputs.back() = inputs.back().detach().requires_grad_();
  }
  flowing = flowing && node.op->kind != Kind::constant;
  c10::AutoGradMode grad(flowing && options.tape != Tape::none);
  Outputs outputs = forward(node, inputs);
  for (std::size_t i = 0; i < node.outputs.size() && i < outputs.size(); ++i) {
    const ValueId output = node.outputs[i];
    if (output == no_value || values[output].defined()) continue;
    flows[output] = flowing && can_flow(outputs[i]);
    values[output] = options.tape == Tape::per_op ? outputs[i].detach() : outputs[i];
    if (options.on_value) options.on_value(output, values[output]);
  }
  if (options.tape == Tape::per_op) steps[n] = {std::move(inputs), std::move(outputs)};
}

}  // namespace

const Tensor& Trace::value(ValueId value) const {
  const Tensor& tensor = values_[value];
  if (tensor.defined()) return tensor;
  throw Error(ErrorKind::usage, "the run did not keep value '" + graph_->name(value) + "'",
              "it lies behind what was asked for, or was not named among the values to keep");
}

Tensor flatten_scores(const Tensor& logits) {
  if (logits.dim() == 0) return logits.reshape({1, 1});
  if (logits.dim() <= 2) return logits.reshape({logits.size(0), -1});
  return logits.flatten(2).mean(2);
}

Tensor Trace::scores() const { return flatten_scores(value(graph_->logits())); }

std::vector<Shape> Trace::shapes() const {
  std::vector<Shape> shapes(values_.size());
  for (std::size_t v = 0; v < values_.size(); ++v) {
    if (values_[v].defined()) shapes[v] = values_[v].sizes().vec();
  }
  return shapes;
}

Trace run(const Graph& graph, const Tensor& x, const RunOptions& options) {
  Trace trace;
  trace.graph_ = &graph;
  trace.tape_ = options.tape;
  trace.values_ = options.weights != nullptr ? *options.weights : graph.weights();
  if (options.tape == Tape::per_op) trace.steps_.resize(graph.nodes().size());

  Running running{graph, options, trace.values_, trace.steps_, std::vector<bool>(graph.values().size(), false)};
  if (options.tape == Tape::whole) {  // weights that are being trained flow too
    for (std::size_t v = 0; v < trace.values_.size(); ++v) {
      running.flows[v] = trace.values_[v].defined() && trace.values_[v].requires_grad();
    }
  }
  if (x.defined()) {
    trace.values_[graph.inputs().front()] = prepare_input(graph, x);
    running.flows[graph.inputs().front()] = can_flow(x);
  }
  for (const auto& [value, tensor] : options.given) {
    trace.values_[value] = tensor;
    running.flows[value] = can_flow(tensor);
  }

  std::vector<ValueId> targets = options.until;
  if (targets.empty()) {
    targets = graph.outputs();
    targets.push_back(graph.logits());
  }
  const std::vector<bool> nodes = needed_nodes(graph.nodes(), targets, trace.values_);
  std::vector<bool> keep(graph.values().size(), options.keep == KeepValues::all || options.tape == Tape::per_op);
  for (const ValueId value : targets) keep[value] = true;
  for (const ValueId value : options.named) keep[value] = true;
  std::vector<int> readers = count_readers(graph, nodes);

  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (!nodes[n]) continue;
    for (const ValueId input : graph.nodes()[n].inputs) {
      if (input == no_value || trace.values_[input].defined()) continue;
      throw Error(ErrorKind::usage, "the network's input '" + graph.name(input) + "' was not given a value",
                  "it has several inputs: give each by name");
    }
    running.compute(static_cast<NodeId>(n));
    for (const ValueId input : graph.nodes()[n].inputs) {
      if (input == no_value || --readers[input] > 0 || keep[input] || graph.is_constant(input)) continue;
      trace.values_[input] = Tensor{};
    }
    for (const ValueId output : graph.nodes()[n].outputs) {  // side outputs that nobody reads
      if (output != no_value && readers[output] == 0 && !keep[output]) {
        trace.values_[output] = Tensor{};
      }
    }
  }
  return trace;
}

}  // namespace fovea

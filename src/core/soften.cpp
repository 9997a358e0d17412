// Softplus in place of rectifiers: s(x) = ln(1 + exp(k x)) / k. ReLU: s(x); ReLU6: s(x) - s(x - 6); a slope a below 0:
// s(x) - a s(-x). Maxima are the same of more than two: ln(sum exp(k x)) / k over the window, softplus being that of 0
// and x. All are exact as k grows. Dugas et al. 2001, Incorporating second-order functional knowledge for better option
// pricing (softplus as a smooth rectifier).
// SPDX-License-Identifier: Apache-2.0
#include "core/soften.h"

#include <algorithm>
#include <string>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/softplus.h>

#include <fovea/trace.h>

#include "ops/pool.h"
#include "ops/window.h"

namespace fovea {
namespace {

constexpr double default_leak = 0.01;  // ONNX LeakyRelu
constexpr std::string_view kinked[] = {"MaxPool",        "GlobalMaxPool", "Max",       "Min",         "Abs",
                                       "Clip",           "ReduceMax",     "ReduceMin", "HardSigmoid", "HardSwish",
                                       "ThresholdedRelu"};

bool has_slope(const Node& node) { return node.op->onnx == "LeakyRelu" || node.op->onnx == "PRelu"; }

// --- maxima ---

/// The attribute that holds k.
constexpr std::string_view steepness_attribute = "steepness";

/// ln(sum exp) over all of space.
Tensor over_space(const Tensor& x) {
  Shape shape = x.sizes().vec();
  std::fill(shape.begin() + 2, shape.end(), 1);
  return x.flatten(2).logsumexp(2).reshape(shape);
}

/// ln(exp a + exp b) as b + softplus(a - b): libtorch's logaddexp has no finite second derivative where a and b lie far
/// apart.
Tensor log_of_both(const Tensor& a, const Tensor& b) {
  constexpr double linear_from = 40;  // exp(-40) is below what float64 tells apart
  return b + at::softplus(a - b, 1, linear_from);
}

/// ln(sum exp) over every window of a pool, pads left out.
Tensor over_windows(const Call& call, const Tensor& x) {
  constexpr double far_below = 40;  // as above; no farther, so that adding it loses no digit
  const double nothing = x.detach().min().item<double>() - far_below;
  const Shape shape = x.sizes().vec();
  const ops::Window window = ops::resolve_pool_window(call.node, shape);
  const bool ceil_mode =
      ops::auto_pad(call.node) == ops::AutoPad::notset && call.attributes().integer("ceil_mode", 0) != 0;
  const std::vector<std::int64_t> counts = ops::window_counts(call.node, window, shape, ceil_mode);
  return ops::fold_windows(ops::pad_for_windows(x, window, counts, nothing), window, counts, log_of_both);
}

Outputs smooth_maximum(const Call& call) {
  const double k = call.attributes().number(steepness_attribute, 1);
  const Tensor x = call.input(0) * k;
  return {(call.node.op->onnx == "GlobalMaxPool" ? over_space(x) : over_windows(call, x)) / k};
}

/// Ops that no file holds: only softened graphs do.
constexpr Op smooth_max_pool{
    .name = "smooth_max_pool", .onnx = "MaxPool", .kind = Kind::activation, .forward = smooth_maximum};
constexpr Op smooth_global_max_pool{
    .name = "smooth_global_max_pool", .onnx = "GlobalMaxPool", .kind = Kind::activation, .forward = smooth_maximum};

/// Tells whether a node is a maximum over windows that nobody asks the places of.
bool is_maximum(const Node& node) {
  if (node.op->onnx == "GlobalMaxPool") return true;
  return node.op->onnx == "MaxPool" && (node.outputs.size() < 2 || node.outputs[1] == no_value);
}

Node smoothed_maximum(const Node& node, double steepness) {
  Node smooth = node;
  smooth.op = node.op->onnx == "MaxPool" ? &smooth_max_pool : &smooth_global_max_pool;
  auto attributes = node.attributes.all();
  attributes[std::string(steepness_attribute)] = steepness;
  smooth.attributes = Attributes(std::move(attributes));
  return smooth;
}

// --- rectifiers ---

/// Writes the nodes that take one rectifier's place.
class Replacement {
 public:
  Replacement(Graph::Parts& parts, const Node& node, double steepness, at::TensorOptions options)
      : parts_(parts), node_(node), steepness_(steepness), options_(options) {}

  /// Adds a node and returns its output.
  ValueId add(std::string_view op, std::vector<ValueId> inputs) {
    const ValueId output = value({});
    nodes_.push_back({.name = parts_.values[output].name,
                      .op = find_onnx_op(op),
                      .inputs = std::move(inputs),
                      .outputs = {output},
                      .attributes = {},
                      .opset = node_.opset});
    return output;
  }
  ValueId number(double number) { return value(at::full({}, number, options_)); }
  ValueId softplus(ValueId x) {
    const ValueId steep = number(steepness_);
    return add("Div", {add("Softplus", {add("Mul", {x, steep})}), steep});
  }
  /// Lets the last node stand under the rectifier's own names.
  std::vector<Node> finished() {
    nodes_.back().name = node_.name;
    nodes_.back().outputs = {node_.outputs.front()};
    return std::move(nodes_);
  }

 private:
  ValueId value(Tensor constant) {
    parts_.values.push_back({.name = node_.name + ".soft" + std::to_string(parts_.values.size())});
    parts_.weights.push_back(std::move(constant));
    return static_cast<ValueId>(parts_.values.size() - 1);
  }

  Graph::Parts& parts_;
  const Node& node_;
  double steepness_;
  at::TensorOptions options_;
  std::vector<Node> nodes_;
};

/// The input of a rectifier that is rectified: of Max(0, x) the second.
ValueId rectified(const Graph& graph, const Node& node) {
  const bool second = node.op->onnx == "Max" && graph.is_constant(node.inputs[0]);
  return node.inputs[second ? 1 : 0];
}

/// The upper bound of a Clip; `no_value` where it has none.
ValueId upper_bound(const Node& node, Replacement& made) {
  if (node.op->onnx != "Clip") return no_value;
  if (node.attributes.has("max")) return made.number(node.attributes.number("max", 0));
  constexpr std::size_t bound = 2;
  return node.inputs.size() > bound ? node.inputs[bound] : no_value;
}

std::vector<Node> softened(const Graph& graph, const Node& node, Replacement made) {
  const ValueId x = rectified(graph, node);
  const ValueId smooth = made.softplus(x);
  if (has_slope(node)) {
    const ValueId below = made.softplus(made.add("Neg", {x}));
    const ValueId slope =
        node.op->onnx == "PRelu" ? node.inputs[1] : made.number(node.attributes.number("alpha", default_leak));
    made.add("Sub", {smooth, made.add("Mul", {below, slope})});
  } else if (const ValueId bound = upper_bound(node, made); bound != no_value) {
    made.add("Sub", {smooth, made.softplus(made.add("Sub", {x, bound}))});
  }
  return made.finished();
}

/// beta over the root mean square of a tensor; beta alone where that is nothing.
double steepness_of(const Tensor& x, double beta) {
  const double size = x.to(at::kDouble).square().mean().sqrt().item<double>();
  return size > 0 ? beta / size : beta;
}

}  // namespace

Softened soften(const Graph& graph, double beta, const Tensor& input, const std::vector<ValueId>& targets) {
  const c10::AutoGradMode no_grad(false);
  const Trace trace = run(graph, input, {.tape = Tape::none, .keep = KeepValues::all, .until = targets});
  Graph::Parts parts = graph.parts();
  std::vector<Node> nodes;
  Softened result{.graph = graph};
  for (const Node& node : graph.nodes()) {
    const bool ran = !node.outputs.empty() && node.outputs.front() != no_value && trace.has(node.outputs.front());
    if (ran && is_maximum(node)) {
      nodes.push_back(smoothed_maximum(node, steepness_of(trace.value(node.inputs.front()), beta)));
      ++result.maxima;
      continue;
    }
    if (!ran || !(is_rectifier(graph, node) || has_slope(node))) {
      result.kinks += ran && std::find(std::begin(kinked), std::end(kinked), node.op->onnx) != std::end(kinked) ? 1 : 0;
      nodes.push_back(node);
      continue;
    }
    const Tensor& x = trace.value(rectified(graph, node));
    for (Node& one : softened(graph, node, {parts, node, steepness_of(x, beta), x.options()})) {
      nodes.push_back(std::move(one));
    }
    ++result.rectifiers;
  }
  parts.nodes = std::move(nodes);
  result.graph = Graph(std::move(parts));
  return result;
}

}  // namespace fovea

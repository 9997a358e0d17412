// Runs single nodes at load, with libtorch's failures translated.
// SPDX-License-Identifier: Apache-2.0
#include "load/evaluate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <new>
#include <string>
#include <string_view>

#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <fovea/error.h>

#include "core/reach.h"

namespace fovea::load {
namespace {

constexpr std::array<std::string_view, 6> random_ops{"RandomNormal",      "RandomUniform", "RandomNormalLike",
                                                     "RandomUniformLike", "Bernoulli",     "Multinomial"};

std::string label(const Node& node) { return "node '" + node.name + "' (" + std::string(node.op->onnx) + ")"; }

std::string shapes_text(std::span<const Tensor> inputs) {
  std::string text;
  for (const Tensor& input : inputs) {
    text += text.empty() ? "" : ", ";
    if (!input.defined()) {
      text += "none";
      continue;
    }
    std::string dims;
    for (const std::int64_t dim : input.sizes()) dims += (dims.empty() ? "" : ",") + std::to_string(dim);
    text += "[" + dims + "]";
  }
  return text.empty() ? "no inputs" : "inputs of " + text;
}

[[noreturn]] void fail(const Node& node, std::span<const Tensor> inputs, std::string_view message) {
  const std::string_view line = message.substr(0, message.find('\n'));
  const bool memory = line.find("memory") != std::string_view::npos;
  throw Error(memory ? ErrorKind::resource : ErrorKind::shape,
              label(node) + " cannot be computed from " + shapes_text(inputs) + ": " + std::string(line));
}

/// Returns the product of extents, as a double: hostile files make it any size.
double volume(const Tensor& extents) {
  double product = 1;
  const Tensor list = extents.to(at::kDouble).contiguous();
  const auto* data = list.data_ptr<double>();
  for (std::int64_t i = 0; i < list.numel(); ++i) product *= std::abs(data[i]);
  return product;
}

double first(const Tensor& tensor) {
  return tensor.numel() == 0 ? 0 : tensor.flatten()[0].to(at::kDouble).item<double>();
}

/// Returns the extent that pads add up to; `pads` lists begins, then ends.
double padded_volume(const Tensor& tensor, const Tensor& pads) {
  const Tensor list = pads.to(at::kDouble).contiguous();
  const auto* data = list.data_ptr<double>();
  double product = 1;
  for (std::int64_t axis = 0; axis < tensor.dim(); ++axis) {
    double extent = static_cast<double>(tensor.size(axis));
    for (const std::int64_t i : {axis, axis + tensor.dim()}) {
      if (i < list.numel()) extent += std::abs(data[i]);
    }
    product *= extent;
  }
  return product;
}

/// Returns about how many elements a node's result has, for the ops whose inputs' values (not shapes) decide it;
/// else 0.
double asked_elements(std::string_view op, std::span<const Tensor> inputs) {
  const auto given = [&](std::size_t i) { return i < inputs.size() && inputs[i].defined() && !inputs[i].is_complex(); };
  const auto elements = [&](std::size_t i) {
    return static_cast<double>(std::max<std::int64_t>(inputs[i].numel(), 1));
  };
  if (op == "ConstantOfShape" && given(0)) return volume(inputs[0]);
  if (op == "Range" && given(0) && given(1) && given(2)) {
    return std::abs((first(inputs[1]) - first(inputs[0])) / first(inputs[2]));
  }
  if (!given(0) || !given(1)) return 0;
  if (op == "Expand") return std::max(volume(inputs[1]), elements(0));
  if (op == "Tile") return elements(0) * volume(inputs[1]);
  if (op == "OneHot") return elements(0) * std::abs(first(inputs[1]));
  if (op == "Pad") return padded_volume(inputs[0], inputs[1]);
  if (op != "Resize" && op != "Upsample") return 0;
  if (given(3) && inputs[3].numel() > 0) return volume(inputs[3]);
  const std::size_t scales = given(2) ? 2 : 1;
  return inputs[scales].numel() > 0 ? elements(0) * volume(inputs[scales]) : 0;
}

}  // namespace

bool is_random(const Node& node) {
  return std::find(random_ops.begin(), random_ops.end(), node.op->onnx) != random_ops.end();
}

void check_result_size(const Node& node, std::span<const Tensor> inputs, std::int64_t limit) {
  constexpr double element_bytes = 4;
  const double elements = asked_elements(node.op->onnx, inputs);
  if (elements * element_bytes <= static_cast<double>(limit)) return;  // a NaN is refused as well
  throw Error(ErrorKind::resource,
              label(node) + " would make a constant of about " +
                  std::to_string(std::llround(std::min(1e15, elements * element_bytes / (1 << 30)))) +
                  " GiB; constants stay below " + std::to_string(limit >> 30) + " GiB");
}

Outputs run_node(const Node& node, std::span<const Tensor> inputs) {
  const c10::NoGradGuard no_grad;
  try {
    return node.op->forward(Call{node, inputs});
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& error) {
    fail(node, inputs, error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    fail(node, inputs, "out of memory");
  } catch (const std::exception& error) {  // such as std::out_of_range on a malformed attribute
    fail(node, inputs, error.what());
  }
}

const Tensor& Probe::evaluate(const Graph::Parts& parts, ValueId value) {
  values.resize(parts.values.size());
  const std::vector<bool> needed = needed_nodes(parts.nodes, {value}, values);
  for (std::size_t n = 0; n < needed.size(); ++n) {
    if (!needed[n]) continue;
    const Node& node = parts.nodes[n];
    std::vector<Tensor> inputs;
    for (const ValueId id : node.inputs) {
      const bool constant = id != no_value && parts.weights[id].defined();
      inputs.push_back(id == no_value ? Tensor() : constant ? parts.weights[id] : values[id]);
    }
    const Outputs outputs = run_node(node, inputs);
    for (std::size_t i = 0; i < std::min(outputs.size(), node.outputs.size()); ++i) {
      if (node.outputs[i] != no_value) values[node.outputs[i]] = outputs[i];
    }
  }
  return values[value];
}

}  // namespace fovea::load

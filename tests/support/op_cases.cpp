// SPDX-License-Identifier: Apache-2.0
#include "support/op_cases.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <ATen/ops/isclose.h>

#include "core/atomic_file.h"
#include "core/json.h"
#include "support/net.h"
#include "support/places.h"

namespace fovea::test {
namespace {

/// Ops whose inputs after the first are weights: a model gives them, its caller does not.
constexpr std::array<std::string_view, 8> ops_with_weights{"Conv",
                                                           "ConvTranspose",
                                                           "Gemm",
                                                           "BatchNormalization",
                                                           "InstanceNormalization",
                                                           "LayerNormalization",
                                                           "GroupNormalization",
                                                           "PRelu"};

void collect(const Json& nested, std::size_t depth, Shape& shape, std::vector<double>& numbers) {
  if (!nested.is_array()) {
    if (depth != shape.size()) throw std::runtime_error("a list is nested unevenly");
    numbers.push_back(nested.is_boolean() ? static_cast<double>(nested.get<bool>()) : nested.get<double>());
    return;
  }
  const auto extent = static_cast<std::int64_t>(nested.size());
  if (shape.size() == depth) {
    if (!numbers.empty()) throw std::runtime_error("a list is nested unevenly");
    shape.push_back(extent);
  }
  if (shape[depth] != extent) throw std::runtime_error("a list is nested unevenly");
  for (const Json& part : nested) collect(part, depth + 1, shape, numbers);
}

Tensor nested_tensor(const Json& nested, at::ScalarType type) {
  Shape shape;
  std::vector<double> numbers;
  collect(nested, 0, shape, numbers);
  return tensor(numbers, shape, type);
}

/// Reads a nested list of floats, {"int64": list} and its like, or null.
Tensor read_tensor(const Json& text) {
  if (text.is_null()) return {};
  if (!text.is_object()) return nested_tensor(text, at::kFloat);
  if (text.size() == 1) {
    const auto& [type, list] = text.items().front();
    if (type == "int64") return nested_tensor(list, at::kLong);
    if (type == "int32") return nested_tensor(list, at::kInt);
    if (type == "bool") return nested_tensor(list, at::kBool);
    if (type == "double") return nested_tensor(list, at::kDouble);
  }
  throw std::runtime_error("not a tensor: " + text.dump());
}

template <typename Element>
std::vector<Element> list_of(const Json& text) {
  return text.get<std::vector<Element>>();
}

Attribute read_attribute(const Json& text) {
  if (text.is_object()) return read_tensor(text);
  if (text.is_string()) return text.get<std::string>();
  if (text.is_number_integer()) return text.get<std::int64_t>();
  if (text.is_number()) return text.get<double>();
  if (!text.is_array()) throw std::runtime_error("not an attribute: " + text.dump());
  const auto all = [&](auto is) { return std::all_of(text.begin(), text.end(), is); };
  if (all([](const Json& part) { return part.is_number_integer(); })) return list_of<std::int64_t>(text);
  if (all([](const Json& part) { return part.is_number(); })) return list_of<double>(text);
  return list_of<std::string>(text);
}

void mark_inputs(OpCase& op_case, const Json& text) {
  const bool has_weights =
      std::find(ops_with_weights.begin(), ops_with_weights.end(), op_case.op->onnx) != ops_with_weights.end();
  std::vector<std::size_t> said;
  if (text.contains("constant")) said = list_of<std::size_t>(text.at("constant"));
  for (std::size_t i = 0; i < op_case.inputs.size(); ++i) {
    const bool is_said = std::find(said.begin(), said.end(), i) != said.end();
    const bool is_float = op_case.inputs[i].defined() && op_case.inputs[i].is_floating_point();
    op_case.differentiable.push_back(is_float && !is_said);
    op_case.constant.push_back(is_said || (i > 0 && (!is_float || has_weights)));
  }
}

OpCase read_case(const Op& op, const Json& text) {
  static const std::array<std::string_view, 9> keys{"says",  "opset",    "attributes", "inputs",  "outputs",
                                                    "error", "constant", "tolerance",  "gradient"};
  for (const auto& [key, value] : text.items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) throw std::runtime_error("unknown key " + key);
  }
  OpCase op_case{.op = &op, .says = text.at("says").get<std::string>()};
  op_case.opset = text.value("opset", op_case.opset);
  op_case.tolerance = text.value("tolerance", op_case.tolerance);
  op_case.gradient = text.value("gradient", true);
  op_case.error = text.value("error", "");
  std::map<std::string, Attribute, std::less<>> attributes;
  if (text.contains("attributes")) {
    for (const auto& [name, value] : text.at("attributes").items()) attributes[name] = read_attribute(value);
  }
  op_case.attributes = Attributes(std::move(attributes));
  for (const Json& input : text.at("inputs")) op_case.inputs.push_back(read_tensor(input));
  mark_inputs(op_case, text);
  if (op_case.error.empty() == !text.contains("outputs")) throw std::runtime_error("needs outputs or an error");
  if (!op_case.error.empty()) return op_case;
  for (const Json& output : text.at("outputs")) op_case.outputs.push_back(read_tensor(output));
  if (op_case.outputs.empty()) throw std::runtime_error("no outputs");
  return op_case;
}

/// The node of a case among values numbered inputs first, then outputs.
Node node_of(const OpCase& op_case) {
  Node node{.name = "tested", .op = op_case.op, .attributes = op_case.attributes, .opset = op_case.opset};
  ValueId next = 0;
  for (const Tensor& input : op_case.inputs) {
    node.inputs.push_back(input.defined() ? next : no_value);
    ++next;
  }
  const std::size_t outputs = std::max<std::size_t>(op_case.outputs.size(), 1);
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(next++);
  return node;
}

}  // namespace

std::filesystem::path op_case_folder() { return in_checkout("tests/ops"); }

std::vector<OpCase> read_op_cases(const Op& op) {
  const std::filesystem::path path = op_case_folder() / (std::string(op.name) + ".json");
  constexpr std::uintmax_t most_bytes = 16 << 20;
  std::vector<OpCase> cases;
  try {
    for (const Json& text : Json::parse(read_whole(path, most_bytes))) cases.push_back(read_case(op, text));
  } catch (const std::exception& error) {
    throw std::runtime_error(path.string() + ", case " + std::to_string(cases.size()) + ": " + error.what());
  }
  if (cases.empty()) throw std::runtime_error(path.string() + " holds no case");
  return cases;
}

Graph one_node_graph(const OpCase& op_case) {
  Graph::Parts parts;
  parts.nodes = {node_of(op_case)};
  const Node& node = parts.nodes.front();
  for (std::size_t i = 0; i < op_case.inputs.size(); ++i) {
    parts.values.push_back({.name = "input_" + std::to_string(i)});
    parts.weights.push_back(op_case.constant[i] ? op_case.inputs[i] : Tensor());
    if (node.inputs[i] != no_value && !op_case.constant[i]) parts.inputs.push_back(node.inputs[i]);
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    parts.values.push_back({.name = "output_" + std::to_string(i)});
    parts.weights.emplace_back();
  }
  parts.outputs = node.outputs;
  return Graph(std::move(parts));
}

Trace run_case(const OpCase& op_case, const Graph& graph, Tape tape) {
  RunOptions options{.tape = tape};
  Tensor x;
  for (const ValueId input : graph.inputs()) {
    const Tensor& given = op_case.inputs[static_cast<std::size_t>(input)];
    if (input == graph.inputs().front()) {
      x = given;
    } else {
      options.given[input] = given;
    }
  }
  return run(graph, x, options);
}

Outputs call_forward(const OpCase& op_case, const std::vector<Tensor>& inputs) {
  const Node node = node_of(op_case);
  return op_case.op->forward(Call{node, inputs});
}

std::vector<Tensor> double_inputs(const OpCase& op_case) {
  std::vector<Tensor> inputs = op_case.inputs;
  for (Tensor& input : inputs) {
    if (input.defined() && input.is_floating_point()) input = input.to(at::kDouble);
  }
  return inputs;
}

std::string difference(const Tensor& found, const Tensor& expected, double absolute, double relative) {
  const auto text = [](const Tensor& tensor) {
    std::string list;
    for (const std::int64_t size : tensor.sizes()) list += (list.empty() ? "" : ",") + std::to_string(size);
    return std::string(c10::toString(tensor.scalar_type())) + " [" + list + "]";
  };
  if (!found.defined()) return "no output, expected " + text(expected);
  if (found.scalar_type() != expected.scalar_type() || found.sizes() != expected.sizes()) {
    return text(found) + ", expected " + text(expected);
  }
  if (!expected.is_floating_point()) {
    const auto wrong = found.ne(expected).sum().item<std::int64_t>();
    return wrong == 0 ? "" : std::to_string(wrong) + " of " + std::to_string(found.numel()) + " elements differ";
  }
  const Tensor a = found.to(at::kDouble);
  const Tensor b = expected.to(at::kDouble);
  const Tensor wrong = at::isclose(a, b, relative, absolute, /*equal_nan=*/true).logical_not();
  if (!wrong.any().item<bool>()) return "";
  const Tensor place = wrong.flatten().nonzero()[0];
  const auto value = [&](const Tensor& tensor) {
    return std::to_string(tensor.contiguous().flatten().index_select(0, place).item<double>());
  };
  return std::to_string(wrong.sum().item<std::int64_t>()) + " of " + std::to_string(a.numel()) +
         " elements differ, first element " + std::to_string(place.item<std::int64_t>()) + ": " + value(a) +
         ", expected " + value(b);
}

}  // namespace fovea::test

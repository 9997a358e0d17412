// SPDX-License-Identifier: Apache-2.0
#include "support/net.h"

#include <cmath>
#include <stdexcept>

#include <ATen/ops/empty.h>

#include "core/random.h"

namespace fovea::test {

ValueId Net::add_value(const std::string& name) {
  const auto id = static_cast<ValueId>(parts_.values.size());
  parts_.values.push_back({.name = name.empty() ? "value_" + std::to_string(id) : name});
  parts_.weights.emplace_back();
  return id;
}

ValueId Net::input(const std::string& name, Shape shape) {
  const ValueId id = add_value(name);
  parts_.values.back().declared = std::move(shape);
  parts_.inputs.push_back(id);
  return id;
}

ValueId Net::constant(const Tensor& tensor, const std::string& name) {
  const ValueId id = add_value(name);
  parts_.weights.back() = tensor;
  return id;
}

ValueId Net::node(const std::string& op_type, std::vector<ValueId> inputs, Attributes attributes,
                  const std::string& name) {
  const Op* op = find_onnx_op(op_type);
  if (op == nullptr) throw std::invalid_argument("no op " + op_type);
  const std::string node_name = name.empty() ? op_type + "_" + std::to_string(parts_.nodes.size()) : name;
  const ValueId output = add_value(node_name);
  parts_.nodes.push_back({.name = node_name,
                          .op = op,
                          .inputs = std::move(inputs),
                          .outputs = {output},
                          .attributes = std::move(attributes),
                          .opset = opset_});
  parts_.outputs = {output};
  return output;
}

ValueId Net::conv(ValueId input, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                  std::int64_t pad, std::int64_t groups) {
  const double scale = std::sqrt(2.0 / static_cast<double>(in / groups * kernel * kernel));
  const ValueId weight = constant(random_normal({out, in / groups, kernel, kernel}, seed_++) * scale);
  const ValueId bias = constant(random_normal({out}, seed_++) * 0.1);
  return node("Conv", {input, weight, bias},
              attributes({{"strides", std::vector<std::int64_t>{stride, stride}},
                          {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}},
                          {"group", groups}}));
}

ValueId Net::gemm(ValueId input, std::int64_t in, std::int64_t out) {
  const ValueId weight = constant(random_normal({out, in}, seed_++) * std::sqrt(2.0 / static_cast<double>(in)));
  const ValueId bias = constant(random_normal({out}, seed_++) * 0.1);
  return node("Gemm", {input, weight, bias}, attributes({{"transB", std::int64_t{1}}}));
}

Graph Net::graph() const { return Graph(parts_); }

Model Net::model() const { return {.path = "test", .hash = {}, .graph = graph(), .card = {}}; }

Attributes attributes(std::map<std::string, Attribute, std::less<>> values) { return Attributes(std::move(values)); }

Tensor constant_named(const Graph& graph, const std::string& name) {
  for (std::size_t v = 0; v < graph.values().size(); ++v) {
    if (graph.values()[v].name == name) return graph.weights()[v];
  }
  return {};
}

Tensor tensor(const std::vector<double>& numbers, const Shape& shape, at::ScalarType type) {
  Tensor result = at::empty({static_cast<std::int64_t>(numbers.size())}, at::kDouble);
  std::copy(numbers.begin(), numbers.end(), result.data_ptr<double>());
  return result.reshape(shape).to(type);
}

Tensor random_normal(const Shape& shape, std::uint64_t seed, at::ScalarType type) {
  return normal(shape, seed, 0).to(type);
}

double relative_error(const Tensor& a, const Tensor& b) {
  const Tensor reference = b.to(at::kDouble);
  const double norm = reference.norm().item<double>();
  const double error = (a.to(at::kDouble) - reference).norm().item<double>();
  return norm > 0 ? error / norm : error;
}

double largest_difference(const Tensor& a, const Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

}  // namespace fovea::test

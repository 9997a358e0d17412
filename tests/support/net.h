// Small networks for tests, built node by node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/graph.h>
#include <fovea/model.h>

namespace fovea::test {

/// Builds a graph: values are made in order, the last one made is the output unless named otherwise.
class Net {
 public:
  explicit Net(int opset = 17) : opset_(opset) {}

  /// Adds an input; -1 is a free size.
  ValueId input(const std::string& name, Shape shape);
  /// Adds a constant.
  ValueId constant(const Tensor& tensor, const std::string& name = {});
  /// Adds a node with one output, named like the node; returns the output.
  ValueId node(const std::string& op_type, std::vector<ValueId> inputs, Attributes attributes = {},
               const std::string& name = {});
  /// Adds a convolution with seeded He-scaled weights and a small bias; returns its output.
  ValueId conv(ValueId input, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
               std::int64_t pad = 0, std::int64_t groups = 1);
  /// Adds a fully connected layer with seeded weights; returns its output.
  ValueId gemm(ValueId input, std::int64_t in, std::int64_t out);
  /// Returns the graph.
  Graph graph() const;
  /// Returns the graph as a model without card.
  Model model() const;

 private:
  ValueId add_value(const std::string& name);
  int opset_;
  std::uint64_t seed_ = 1;
  Graph::Parts parts_;
};

/// Makes attributes from a list: attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}}}).
Attributes attributes(std::map<std::string, Attribute, std::less<>> values);

/// Returns a graph's constant by its name; undefined where there is none.
Tensor constant_named(const Graph& graph, const std::string& name);

/// Returns a tensor of the given numbers.
Tensor tensor(const std::vector<double>& numbers, const Shape& shape, at::ScalarType type = at::kFloat);

/// Returns seeded standard normal numbers.
Tensor random_normal(const Shape& shape, std::uint64_t seed, at::ScalarType type = at::kFloat);

/// Returns ||a - b|| / ||b|| (||a|| where b is zero), in double.
double relative_error(const Tensor& a, const Tensor& b);

/// Returns max |a - b|.
double largest_difference(const Tensor& a, const Tensor& b);

}  // namespace fovea::test

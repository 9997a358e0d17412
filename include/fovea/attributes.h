// The attributes of a node: named integers, numbers, texts, lists and tensors, as the model file gave them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fovea/api.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// One attribute's value.
using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>,
                               std::vector<std::string>, Tensor>;

/// A node's attributes by name; getters throw `Error(format)` naming the attribute when its type is another.
class Attributes {
 public:
  Attributes() = default;
  explicit Attributes(std::map<std::string, Attribute, std::less<>> values) : values_(std::move(values)) {}

  /// Tells whether the file gave the attribute.
  bool has(std::string_view name) const { return values_.contains(name); }
  /// Returns an integer attribute, or `otherwise` when absent.
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  /// Returns a float (or integer) attribute, or `otherwise` when absent.
  double number(std::string_view name, double otherwise) const;
  /// Returns a text attribute, or `otherwise` when absent.
  std::string text(std::string_view name, std::string_view otherwise) const;
  /// Returns a list of integers (empty when absent).
  std::vector<std::int64_t> integers(std::string_view name) const;
  /// Returns a list of numbers (empty when absent).
  std::vector<double> numbers(std::string_view name) const;
  /// Returns a tensor attribute (undefined when absent).
  Tensor tensor(std::string_view name) const;

  /// Returns all of them, sorted by name.
  const std::map<std::string, Attribute, std::less<>>& all() const { return values_; }

 private:
  std::map<std::string, Attribute, std::less<>> values_;
};

}  // namespace fovea

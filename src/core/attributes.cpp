// Typed access to a node's attributes.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/attributes.h>

#include <fovea/error.h>

namespace fovea {
namespace {

const Attribute* find(const std::map<std::string, Attribute, std::less<>>& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

[[noreturn]] void wrong_type(std::string_view name, std::string_view expected) {
  throw Error(ErrorKind::format,
              "attribute '" + std::string(name) + "' should be " + std::string(expected) + ", but is of another type");
}

}  // namespace

std::int64_t Attributes::integer(std::string_view name, std::int64_t otherwise) const {
  const Attribute* attribute = find(values_, name);
  if (attribute == nullptr) return otherwise;
  if (const auto* value = std::get_if<std::int64_t>(attribute)) return *value;
  wrong_type(name, "an integer");
}

double Attributes::number(std::string_view name, double otherwise) const {
  const Attribute* attribute = find(values_, name);
  if (attribute == nullptr) return otherwise;
  if (const auto* value = std::get_if<double>(attribute)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(attribute)) return static_cast<double>(*value);
  wrong_type(name, "a number");
}

std::string Attributes::text(std::string_view name, std::string_view otherwise) const {
  const Attribute* attribute = find(values_, name);
  if (attribute == nullptr) return std::string(otherwise);
  if (const auto* value = std::get_if<std::string>(attribute)) return *value;
  wrong_type(name, "a text");
}

std::vector<std::int64_t> Attributes::integers(std::string_view name) const {
  const Attribute* attribute = find(values_, name);
  if (attribute == nullptr) return {};
  if (const auto* value = std::get_if<std::vector<std::int64_t>>(attribute)) return *value;
  wrong_type(name, "a list of integers");
}

std::vector<double> Attributes::numbers(std::string_view name) const {
  const Attribute* attribute = find(values_, name);
  if (attribute == nullptr) return {};
  if (const auto* value = std::get_if<std::vector<double>>(attribute)) return *value;
  if (const auto* value = std::get_if<std::vector<std::int64_t>>(attribute)) return {value->begin(), value->end()};
  wrong_type(name, "a list of numbers");
}

Tensor Attributes::tensor(std::string_view name) const {
  const Attribute* attribute = find(values_, name);
  if (attribute == nullptr) return {};
  if (const auto* value = std::get_if<Tensor>(attribute)) return *value;
  wrong_type(name, "a tensor");
}

}  // namespace fovea

// Reads single fields of cards; what they say wrongly is an error with the field's name.
// SPDX-License-Identifier: Apache-2.0
#include "load/card_fields.h"

#include <fovea/error.h>

#include "load/resize_text.h"

namespace fovea::cards {
namespace {

int fixed_extent(std::int64_t extent) {
  return extent >= 1 && extent <= most_input_side ? static_cast<int>(extent) : 0;
}

}  // namespace

void bad_field(const Source& source, const std::string& field, const std::string& what, const std::string& hint) {
  throw Error(ErrorKind::format, source.path + ": field '" + field + "' " + what, hint);
}

std::string shown(const Json& value) {
  constexpr std::size_t longest = 80;
  std::string text = value.dump({.ascii = true, .replace = true, .sorted = true});
  if (text.size() > longest) text.replace(longest, std::string::npos, "..");
  return text;
}

std::string shown(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? "," : "") + (shape[i] < 0 ? std::string("?") : std::to_string(shape[i]));
  }
  return text + "]";
}

const Json& member(const Json& object, const char* key) {
  static const Json nothing;
  const Json* found = object.find(key);
  return found == nullptr ? nothing : *found;
}

std::string text_of(const Json& value, const std::string& field, const Source& source) {
  if (value.is_null()) return {};
  if (!value.is_string()) bad_field(source, field, "should be a text, but is " + shown(value));
  return value.get<std::string>();
}

int side_of(const Json& value, const std::string& field, const Source& source) {
  if (!value.is_number_integer() || value.get<double>() < 1 || value.get<double>() > most_input_side) {
    bad_field(source, field,
              "should be a whole number in 1.." + std::to_string(most_input_side) + ", but is " + shown(value));
  }
  return value.get<int>();
}

std::optional<InputExtent> input_extent(const Shape& shape) {
  if (shape.empty()) return InputExtent{};
  if (shape.size() != 4) return std::nullopt;
  return InputExtent{fixed_extent(shape[1]), fixed_extent(shape[3]), fixed_extent(shape[2])};
}

}  // namespace fovea::cards

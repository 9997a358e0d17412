// Terms that compare a value with a target: shapes checked, one picture's target for all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "objectives/arguments.h"

namespace fovea::objectives {

/// Words a shape without the batch.
inline std::string shape_of_one(const Tensor& tensor) {
  std::string text = "[";
  for (std::int64_t axis = 1; axis < tensor.dim(); ++axis)
    text += (axis > 1 ? "," : "") + std::to_string(tensor.size(axis));
  return text + "]";
}

/// Returns the target that argument `i` names, in the value's type; throws `Error(usage)` naming both shapes unless it
/// is one picture's, or one for each, of the value's shape.
inline Tensor same_shaped_target(const ObjectiveCall& call, std::size_t i) {
  const Tensor& target = call.target(i);
  const bool fits = target.dim() == call.value.dim() && target.sizes().slice(1) == call.value.sizes().slice(1) &&
                    (target.size(0) == 1 || target.size(0) == call.value.size(0));
  if (fits) return target.to(call.value.device(), call.value.scalar_type());
  throw Error(ErrorKind::usage,
              "'" + call.arguments[0] + "' is " + shape_of_one(call.value) + ", but the target '" + call.arguments[i] +
                  "' is " + shape_of_one(target) + " there",
              "pictures of one size have values of one size");
}

/// Flattens everything but the batch.
inline Tensor rows_of(const Tensor& tensor) { return tensor.reshape({tensor.size(0), -1}); }

/// Reads an optional number argument.
inline double number_argument(const ObjectiveCall& call, std::size_t i, double fallback) {
  if (call.arguments.size() <= i) return fallback;
  double value = 0;
  const std::string& text = call.arguments[i];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) return value;
  throw Error(ErrorKind::usage, "'" + text + "' should be a number");
}

}  // namespace fovea::objectives

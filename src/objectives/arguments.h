// Reading the arguments of objectives: values, channels, positions, classes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <optional>
#include <string>

#include <fovea/error.h>
#include <fovea/objective.h>

namespace fovea::objectives {

/// Reads a whole number; nothing when the text is not one.
inline std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Reads argument `i` as an index below `size`; `what` names it in the error ("channel").
inline std::int64_t index_argument(const ObjectiveCall& call, std::size_t i, std::int64_t size, std::string_view what) {
  const auto index = whole_number(call.arguments[i]);
  if (index && *index >= 0 && *index < size) return *index;
  throw Error(ErrorKind::usage, std::string(what) + " '" + call.arguments[i] + "' is not in 0.." +
                                    std::to_string(size - 1) + (i > 0 ? " of '" + call.arguments[0] + "'" : ""));
}

/// Taps the value that the first argument names.
inline ValueId tap_named(const Graph& graph, std::span<const std::string> arguments) { return graph.at(arguments[0]); }

/// Taps the class scores.
inline ValueId tap_logits(const Graph& graph, std::span<const std::string>) { return graph.logits(); }

/// Checks that a tapped value is of at least two axes and returns its channels (axis 1).
inline std::int64_t channels_of(const ObjectiveCall& call) {
  if (call.value.dim() >= 2) return call.value.size(1);
  throw Error(ErrorKind::usage, "'" + call.arguments[0] + "' has no channels: it has " +
                                    std::to_string(call.value.dim()) + " axes, expected at least 2");
}

/// Replaces "top" by the class of the highest score and a label by its index, for one picture.
inline std::vector<std::string> pin_class(const ObjectiveCall& call) {
  const Tensor scores = flatten_scores(call.value);
  if (call.arguments[0] == "top") {
    if (scores.size(0) != 1) {
      throw Error(ErrorKind::usage,
                  "'top' is one class only for one picture, found a batch of " + std::to_string(scores.size(0)));
    }
    return {std::to_string(scores.argmax(1).item<std::int64_t>())};
  }
  return {std::to_string(find_class(call.card, call.arguments[0], scores.size(1)))};
}

/// Returns each picture's class [N]: an index, a label, or its own top class.
inline Tensor classes_of(const ObjectiveCall& call, const Tensor& scores) {
  if (call.arguments[0] == "top") return scores.detach().argmax(1, true);
  const std::int64_t index = find_class(call.card, call.arguments[0], scores.size(1));
  return scores.detach().argmax(1, true).fill_(index);
}

}  // namespace fovea::objectives

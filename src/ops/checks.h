// How ops say what is wrong with a node: the node's name and type in front of the message.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <fovea/error.h>
#include <fovea/graph.h>

namespace fovea::ops {

/// Throws an error about a node: "node 'conv1' (Conv): ...".
[[noreturn]] inline void fail(ErrorKind kind, const Node& node, std::string_view message, std::string hint = {}) {
  std::string text = "node '" + node.name + "'";
  if (node.op != nullptr) text += " (" + std::string(node.op->onnx) + ")";
  throw Error(kind, text + ": " + std::string(message), std::move(hint));
}

/// Spells a list of integers: "[2,3]".
inline std::string spell(const Shape& list) {
  std::string text = "[";
  for (std::size_t i = 0; i < list.size(); ++i) text += (i == 0 ? "" : ",") + std::to_string(list[i]);
  return text + "]";
}

/// Returns an axis counted from the front; throws `Error(shape)` when a tensor of that rank has no such axis.
inline std::int64_t resolve_axis(const Node& node, std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank) {
    fail(ErrorKind::shape, node,
         "axis " + std::to_string(axis) + " is none of a tensor with " + std::to_string(rank) + " axes");
  }
  return axis < 0 ? axis + rank : axis;
}

}  // namespace fovea::ops

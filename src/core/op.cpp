// Calls of ops, the table of all ops, and the two geometries that most ops share.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include <algorithm>
#include <unordered_map>

#include <fovea/error.h>
#include <fovea/graph.h>

namespace fovea {

namespace ops {
std::span<const Op* const> all();
}

const Tensor& Call::input(std::size_t i) const {
  if (has(i)) return inputs[i];
  throw Error(ErrorKind::format, "node '" + node.name + "' (" + std::string(node.op->onnx) + ") lacks its input " +
                                     std::to_string(i) + "; it has " + std::to_string(inputs.size()));
}

std::vector<std::int64_t> Call::integers(std::size_t i) const {
  const Tensor tensor = input(i).to(at::kCPU, at::kLong).contiguous().flatten();
  const auto* data = tensor.data_ptr<std::int64_t>();
  return {data, data + tensor.numel()};
}

const Attributes& Call::attributes() const { return node.attributes; }

int Call::opset() const { return node.opset; }

std::span<const Op* const> all_ops() { return ops::all(); }

const Op* find_onnx_op(std::string_view op_type) {
  static const auto by_type = [] {
    std::unordered_map<std::string_view, const Op*> map;
    for (const Op* op : all_ops()) map.emplace(op->onnx, op);
    return map;
  }();
  const auto found = by_type.find(op_type);
  return found == by_type.end() ? nullptr : found->second;
}

}  // namespace fovea

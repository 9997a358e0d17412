// SPDX-License-Identifier: Apache-2.0
#include "core/locality.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace fovea {
namespace {

/// Tells whether a position-to-position op's inputs broadcast over positions in one way only: all of them, or none.
bool lies_position_to_position(const Node& node, const std::vector<Shape>& inputs, const Shape& out) {
  if (node.op->kind == Kind::batch_norm) return true;  // the others hold one number per channel
  if (node.op->kind == Kind::concat) {
    const std::int64_t axis = node.attributes.integer("axis", 1);
    if (axis != 1 && axis != 1 - static_cast<std::int64_t>(out.size())) return false;
  }
  return std::all_of(inputs.begin(), inputs.end(), [&](const Shape& shape) {
    const std::size_t rank = shape.size();
    const std::int64_t columns = rank > 0 ? shape[rank - 1] : 1;
    const std::int64_t rows = rank > 1 ? shape[rank - 2] : 1;
    return (rows == 1 && columns == 1) || (rank == 4 && rows == out[2] && columns == out[3]);
  });
}

}  // namespace

NodeInRun::NodeInRun(const Trace& run, const std::vector<Shape>& shapes, const Node& node) {
  for (const ValueId input : node.inputs) {
    inputs.push_back(input == no_value ? Tensor{} : run.value(input));
    input_shapes.push_back(input == no_value ? Shape{} : shapes[input]);
  }
  for (const ValueId output : node.outputs) {
    output_shapes.push_back(output == no_value ? Shape{} : shapes[output]);
  }
}

bool is_map(const Shape& shape) { return shape.size() == 4 && shape[2] * shape[3] > 1; }

Locality locality_of(const Node& node) {
  const bool one_output =
      std::count_if(node.outputs.begin(), node.outputs.end(), [](ValueId output) { return output != no_value; }) == 1;
  const std::string_view op = node.op->onnx;
  if (op == "Conv" || op == "AveragePool" || (op == "MaxPool" && one_output)) return Locality::window;
  switch (node.op->kind) {
    case Kind::rectifier:
    case Kind::activation:
    case Kind::add:
    case Kind::arithmetic:
    case Kind::concat:
    case Kind::identity: return Locality::pointwise;
    case Kind::normalisation: return op == "LRN" ? Locality::pointwise : Locality::none;
    case Kind::batch_norm: return one_output ? Locality::pointwise : Locality::none;
    default: return Locality::none;
  }
}

Locality locality_in(const Node& node, const NodeInRun& run) {
  const Locality locality = locality_of(node);
  if (!is_map(run.output_shapes[0])) return Locality::none;
  const bool fits =
      locality != Locality::pointwise || lies_position_to_position(node, run.input_shapes, run.output_shapes[0]);
  return fits ? locality : Locality::none;
}

double border_of(const Node& node) { return node.op->onnx == "MaxPool" ? -std::numeric_limits<double>::infinity() : 0; }

Node without_pads(const Node& node) {
  auto attributes = node.attributes.all();
  for (const char* name : {"pads", "auto_pad", "ceil_mode"}) {
    if (const auto found = attributes.find(name); found != attributes.end()) attributes.erase(found);
  }
  Node bare = node;
  bare.attributes = Attributes(std::move(attributes));
  return bare;
}

}  // namespace fovea

// Tabulating a network from one run on zeros.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/inspect.h>

#include <algorithm>

#include <ATen/ops/zeros.h>

#include <fovea/technique.h>

#include "core/region.h"

namespace fovea {
namespace {

constexpr std::int64_t usual_side = 224;

Shape filled(const Value& value, std::int64_t height, std::int64_t width) {
  Shape shape = value.declared.empty() ? Shape{1, 3, height, width} : value.declared;
  if (shape[0] < 0) shape[0] = 1;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) {
    if (shape[axis] >= 0) continue;
    shape[axis] = axis == 1 ? 3 : axis == 2 ? height : width;
  }
  return shape;
}

std::int64_t count_parameters(const Graph& graph, const Node& node, std::vector<bool>& counted) {
  std::int64_t parameters = 0;
  for (const ValueId input : node.inputs) {
    if (input == no_value || !graph.is_constant(input) || counted[input]) continue;
    if (!graph.weights()[input].is_floating_point()) continue;
    counted[input] = true;
    parameters += graph.weights()[input].numel();
  }
  return parameters;
}

std::int64_t count_macs(const Trace& trace, const Node& node) {
  if (node.op->macs == nullptr) return 0;
  std::vector<Tensor> inputs;
  std::vector<Shape> input_shapes;
  for (const ValueId input : node.inputs) {
    inputs.push_back(input == no_value ? Tensor{} : trace.value(input));
    input_shapes.push_back(input == no_value ? Shape{} : inputs.back().sizes().vec());
  }
  std::vector<Shape> output_shapes;
  for (const ValueId output : node.outputs) {
    output_shapes.push_back(output == no_value || !trace.has(output) ? Shape{} : trace.value(output).sizes().vec());
  }
  return node.op->macs({node, inputs, input_shapes, output_shapes});
}

/// The box of the input that unit (y, x) needs; `clipped` cuts it off at the borders.
Region field_of(const Trace& trace, const Shapes& shapes, ValueId value, std::int64_t y, std::int64_t x, bool clipped) {
  const Region unit{.empty = false, .extents = {{y, y + 1}, {x, x + 1}}};
  return needed_regions(trace.graph(), shapes, value, unit, {.clipped = clipped})[trace.graph().inputs().front()];
}

bool has_positions(const Trace& trace, ValueId value) {
  return trace.has(value) && trace.value(value).dim() == 4 && trace.value(trace.graph().inputs().front()).dim() == 4;
}

std::int64_t length(const Extent& extent) { return extent.end - extent.begin; }

double centre(const Extent& extent) { return 0.5 * static_cast<double>(extent.begin + extent.end - 1); }

}  // namespace

Tensor blank_input(const Model& model) {
  const Value& value = model.graph.value(model.graph.inputs().front());
  const bool known = model.card.preprocess && model.card.preprocess->height > 0;
  const std::int64_t height = known ? model.card.preprocess->height : usual_side;
  const std::int64_t width = known ? model.card.preprocess->width : usual_side;
  at::ScalarType type = at::kFloat;
  for (const Tensor& weight : model.graph.weights()) {
    if (weight.defined() && weight.is_floating_point()) {
      type = weight.scalar_type();
      break;
    }
  }
  return at::zeros(filled(value, height, width), type);
}

Trace blank_run(const Model& model) {
  const Tensor input = blank_input(model);
  RunOptions options{.tape = Tape::none};
  for (std::size_t i = 1; i < model.graph.inputs().size(); ++i) {
    const ValueId other = model.graph.inputs()[i];
    const Shape shape = filled(model.graph.value(other), input.size(-2), input.size(-1));
    options.given.emplace(other, at::zeros(shape, input.options()));
  }
  return run(model.graph, input, options);
}

std::optional<ReceptiveField> receptive_field(const Trace& trace, ValueId value) {
  if (!has_positions(trace, value)) return std::nullopt;
  const Shapes shapes = shapes_of(trace);
  const std::array<std::int64_t, 2> counts{trace.value(value).size(2), trace.value(value).size(3)};
  const auto unit = [&](std::int64_t y, std::int64_t x) { return field_of(trace, shapes, value, y, x, false); };
  const Region middle = unit(counts[0] / 2, counts[1] / 2);
  if (middle.empty || middle.extents.size() != 2) return std::nullopt;
  const Region first = unit(0, 0);
  const Region last = unit(counts[0] - 1, counts[1] - 1);
  ReceptiveField field{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    field.size[axis] = length(middle.extents[axis]);
    field.first_centre[axis] = centre(first.extents[axis]);
    if (counts[axis] < 2) continue;
    field.stride[axis] =
        (centre(last.extents[axis]) - field.first_centre[axis]) / static_cast<double>(counts[axis] - 1);
    // Pads that mirror or repeat the picture fold the outermost fields back into it: there, the inner ones tell.
    const auto along = [&](std::int64_t i) {
      return (axis == 0 ? unit(i, counts[1] / 2) : unit(counts[0] / 2, i)).extents[axis];
    };
    const bool shorter = std::min(length(first.extents[axis]), length(last.extents[axis])) < field.size[axis];
    if (!shorter || length(along(counts[axis] / 2 - 1)) != field.size[axis]) continue;
    const std::int64_t reach = std::max<std::int64_t>(1, counts[axis] / 8);
    const std::int64_t from = counts[axis] / 2 - reach;
    const std::int64_t to = std::min(counts[axis] / 2 + reach, counts[axis] - 1);
    field.stride[axis] = (centre(along(to)) - centre(along(from))) / static_cast<double>(to - from);
    field.first_centre[axis] = centre(along(from)) - field.stride[axis] * static_cast<double>(from);
  }
  return field;
}

Region receptive_box(const Trace& trace, ValueId value, std::int64_t y, std::int64_t x) {
  return field_of(trace, shapes_of(trace), value, y, x, true);
}

ModelReport inspect(const Model& model) {
  const Graph& graph = model.graph;
  const Trace trace = blank_run(model);
  ModelReport report;
  std::vector<bool> counted(graph.values().size(), false);
  for (const Node& node : graph.nodes()) {
    if (node.outputs.empty() || node.outputs[0] == no_value || !trace.has(node.outputs[0])) continue;
    NodeReport row{.name = node.name,
                   .op = std::string(node.op->onnx),
                   .kind = node.op->kind,
                   .shape = trace.value(node.outputs[0]).sizes().vec(),
                   .parameters = count_parameters(graph, node, counted),
                   .macs = count_macs(trace, node)};
    if (trace.value(node.outputs[0]).is_floating_point()) row.field = receptive_field(trace, node.outputs[0]);
    report.parameters += row.parameters;
    report.macs += row.macs;
    report.nodes.push_back(std::move(row));
  }
  report.input = graph.name(graph.inputs().front());
  report.input_shape = trace.value(graph.inputs().front()).sizes().vec();
  report.logits = graph.name(graph.logits());
  report.logits_shape = trace.value(graph.logits()).sizes().vec();
  report.cam_layer = graph.name(last_spatial_value(trace));
  return report;
}

}  // namespace fovea

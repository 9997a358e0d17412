// A crop of the input gives a unit's exact value when it holds the unit's receptive field and is shifted by whole steps
// of every value on the way: then a needed position of any value reads the same numbers as in the whole run (what lies
// beyond a cut is padded with zeros, but nothing that the unit needs reads it), and so does the walk back.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/projection.h>

#include <array>
#include <cmath>
#include <numeric>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/error.h>
#include <fovea/trace.h>

#include "core/fold_batch_norm.h"
#include "core/region.h"

namespace fovea {
namespace {

/// The graph with an input of free size, so that crops may be run.
Graph with_free_size(const Graph& graph) {
  Graph::Parts parts = graph.parts();
  Shape& declared = parts.values[parts.inputs.front()].declared;
  for (std::size_t axis = first_spatial_axis; axis < declared.size(); ++axis) declared[axis] = -1;
  return Graph(std::move(parts));
}

/// The least common multiple of all strides up to a value along an axis; 0 where one is no whole number, or a value
/// reads everything.
std::int64_t common_step(const Trace& trace, ValueId value, std::size_t axis) {
  const ValueSet needed = trace.graph().ancestors(value);
  std::int64_t step = 1;
  for (std::size_t v = 0; v < trace.graph().values().size(); ++v) {
    const auto id = static_cast<ValueId>(v);
    if (!needed.has(id) || trace.graph().is_constant(id) || !trace.has(id)) continue;
    if (trace.value(id).dim() != 4) {
      if (trace.value(id).is_floating_point()) return 0;
      continue;
    }
    const std::optional<ReceptiveField> field = receptive_field(trace, id);
    if (!field) return 0;
    const double stride = field->stride[axis];
    if (stride < 1 || stride != std::round(stride)) return 0;
    step = std::lcm(step, static_cast<std::int64_t>(stride));
  }
  return step;
}

}  // namespace

struct Projector::State {
  State(const Model& model, ValueId of, const Recipe& by, const Options* choices)
      : graph(with_free_size(by.folds_batch_norm ? fold_batch_norm(model.graph) : model.graph)),
        value(graph.at(model.graph.name(of))),
        recipe(by),
        options(choices) {
    const c10::AutoGradMode no_tape(false);
    blank = run(graph, blank_input(model), {.tape = Tape::none, .until = {value, graph.inputs().front()}});
    shapes = shapes_of(blank);
    const Tensor& map = blank.value(value);
    if (map.dim() < 2) {
      throw Error(ErrorKind::usage, "'" + graph.name(value) + "' has no channels",
                  "name another value; `fovea inspect` lists them with their shapes");
    }
    height = map.dim() == 4 ? map.size(2) : 1;
    width = map.numel() / (map.size(0) * map.size(1) * height);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      step[axis] = common_step(blank, value, axis);
      if (step[axis] > 0) stride[axis] = static_cast<std::int64_t>(receptive_field(blank, value)->stride[axis]);
    }
  }

  /// The part of the input that a walk from the unit has to look at: its field, and that of windows which share
  /// switches with its own.
  Region looked_at(std::int64_t y, std::int64_t x) const {
    const Region unit{.empty = false, .extents = {{y, y + 1}, {x, x + 1}}};
    return needed_regions(graph, shapes, value, unit, {.overlaps = true})[graph.inputs().front()];
  }
  Region whole() const { return whole_region(blank.value(graph.inputs().front()).sizes().vec()); }
  Region seen_by(std::int64_t y, std::int64_t x) const {
    return blank.value(value).dim() == 4 ? receptive_box(blank, value, y, x) : whole();
  }

  Graph graph;
  ValueId value;
  const Recipe& recipe;
  const Options* options;
  Trace blank;  ///< a run on zeros, for shapes
  Shapes shapes;
  std::int64_t height = 1;
  std::int64_t width = 1;
  std::array<std::int64_t, 2> step{};    ///< crops begin at multiples of it; 0: no crops
  std::array<std::int64_t, 2> stride{};  ///< of the value, px
};

Projector::Projector(const Model& model, ValueId value, const Recipe& recipe, const Options* options)
    : state_(std::make_unique<State>(model, value, recipe, options)) {}
Projector::~Projector() = default;

bool Projector::crops() const { return state_->step[0] > 0 && state_->step[1] > 0; }

Region Projector::field(std::int64_t place) const {
  const State& s = *state_;
  const std::optional<ReceptiveField> field = receptive_field(s.blank, s.value);
  if (!field || !crops()) return s.whole();
  Region region;
  const std::array<std::int64_t, 2> unit{place / s.width, place % s.width};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const double centre = field->first_centre[axis] + static_cast<double>(unit[axis]) * field->stride[axis];
    const auto begin = static_cast<std::int64_t>(std::floor(centre - 0.5 * static_cast<double>(field->size[axis] - 1)));
    region.extents.push_back({begin, begin + field->size[axis]});
  }
  return region;
}

Projection Projector::project(const Tensor& input, std::int64_t channel, std::int64_t place, bool whole) const {
  const State& s = *state_;
  const std::array<std::int64_t, 2> unit{place / s.width, place % s.width};
  if (channel < 0 || channel >= s.blank.value(s.value).size(1) || place < 0 || place >= s.height * s.width) {
    throw Error(ErrorKind::usage, "channel " + std::to_string(channel) + ", place " + std::to_string(place) +
                                      " is no unit of '" + s.graph.name(s.value) + "'");
  }
  Projection result{.pixels = {}, .box = s.seen_by(unit[0], unit[1])};
  result.cropped = !whole && crops() && result.box.extents.size() == 2;
  std::array<std::int64_t, 2> begin{0, 0};
  Tensor part = input;
  if (result.cropped) {
    const Region part_of_input = s.looked_at(unit[0], unit[1]);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const Extent& extent = part_of_input.extents[axis];
      begin[axis] = extent.begin / s.step[axis] * s.step[axis];
      part = part.narrow(static_cast<std::int64_t>(first_spatial_axis + axis), begin[axis], extent.end - begin[axis]);
    }
  }
  const Trace trace = run(s.graph, part, {.until = {s.value}});
  const Tensor& map = trace.value(s.value);
  Tensor start = at::zeros_like(map, at::MemoryFormat::Contiguous);
  Tensor seat = start[0][channel];
  Tensor answer = map[0][channel];
  for (std::size_t axis = 0; map.dim() == 4 && axis < 2; ++axis) {
    const std::int64_t at = unit[axis] - (result.cropped ? begin[axis] / s.stride[axis] : 0);
    seat = seat[at];
    answer = answer[at];
  }
  if (map.dim() != 4) {
    seat = seat.reshape({-1})[place];
    answer = answer.reshape({-1})[place];
  }
  result.activation = answer.item<double>();
  seat.fill_(result.activation > 0 ? result.activation : 1.0);
  const Relevance relevance = walk(trace, {{s.value, start}}, s.recipe, {.recipe = s.options});
  Tensor pixels = relevance.at(s.graph.inputs().front())[0].to(at::kCPU, at::kFloat);
  for (std::size_t axis = 0; result.box.extents.size() == 2 && pixels.dim() == 3 && axis < 2; ++axis) {
    const Extent& extent = result.box.extents[axis];
    pixels = pixels.narrow(static_cast<std::int64_t>(axis) + 1, extent.begin - begin[axis], extent.end - extent.begin);
  }
  result.pixels = pixels.contiguous();
  return result;
}

}  // namespace fovea

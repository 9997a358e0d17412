// Exact part of Nakandala, Kumar, Papakonstantinou 2019 (Krypton, SIGMOD), section 4: materialise the run once, then
// push every changed box through the ops' geometry, reading around it from what was materialised. The boxes of a batch
// have one size: that of the largest, moved inside the value's borders, which computes a little more and stays exact.
// SPDX-License-Identifier: Apache-2.0
#include "core/incremental.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>

#include <fovea/error.h>

#include "core/region.h"

namespace fovea {

/// What is known of a value in a batch of changed pictures.
struct Incremental::Part {
  enum class State { same, boxes, whole };
  State state = State::same;
  Boxes boxes;
  Tensor values;  ///< of State::whole
};

/// Where the boxes of a node's output lie.
struct Incremental::Plan {
  bool local = false;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::vector<Place> places;
};

namespace {

std::size_t index(std::int32_t id) { return static_cast<std::size_t>(id); }

bool is_map(const Shape& shape) { return shape.size() == 4 && shape[2] * shape[3] > 1; }

/// How an op computes a part of its output from a part of its input.
enum class Locality {
  none,       ///< not at all
  pointwise,  ///< as it stands: position to position
  window,     ///< on windows: without pads, from an input that was padded with `border`
};

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

double border_of(const Node& node) { return node.op->onnx == "MaxPool" ? -std::numeric_limits<double>::infinity() : 0; }

/// The node without pads, for an input that has them already.
Node without_pads(const Node& node) {
  auto attributes = node.attributes.all();
  for (const char* name : {"pads", "auto_pad", "ceil_mode"}) {
    if (const auto found = attributes.find(name); found != attributes.end()) attributes.erase(found);
  }
  Node bare = node;
  bare.attributes = Attributes(std::move(attributes));
  return bare;
}

struct Box {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// Copies a box of `source` [1 or B,C,H,W] that may reach beyond its borders (those elements stay) to row `b` of
/// `target` [B,C,h,w]. Both may be channels_last, when rows are copied whole.
void copy_box(const Tensor& target, std::int64_t b, const Place& to, const Tensor& source, std::int64_t source_row,
              const Place& from, const Box& size) {
  const std::int64_t top = std::max<std::int64_t>({0, -from.y, -to.y});
  const std::int64_t left = std::max<std::int64_t>({0, -from.x, -to.x});
  const std::int64_t rows = std::min({size.height, source.size(2) - from.y, target.size(2) - to.y}) - top;
  const std::int64_t columns = std::min({size.width, source.size(3) - from.x, target.size(3) - to.x}) - left;
  if (rows <= 0 || columns <= 0) return;
  const bool packed = target.scalar_type() == at::kFloat && source.scalar_type() == at::kFloat && target.is_cpu() &&
                      target.is_contiguous(at::MemoryFormat::ChannelsLast) &&
                      source.is_contiguous(at::MemoryFormat::ChannelsLast) && target.size(1) == source.size(1);
  if (!packed) {
    target[b]
        .narrow(1, to.y + top, rows)
        .narrow(2, to.x + left, columns)
        .copy_(source[source_row].narrow(1, from.y + top, rows).narrow(2, from.x + left, columns));
    return;
  }
  const std::int64_t channels = target.size(1);
  auto* out = target.data_ptr<float>();
  const auto* in = source.data_ptr<float>();
  for (std::int64_t y = top; y < top + rows; ++y) {
    const std::int64_t t = ((b * target.size(2) + to.y + y) * target.size(3) + to.x + left) * channels;
    const std::int64_t s = ((source_row * source.size(2) + from.y + y) * source.size(3) + from.x + left) * channels;
    std::memcpy(out + t, in + s, static_cast<std::size_t>(columns * channels) * sizeof(float));
  }
}

Tensor packed(const Tensor& tensor) {
  const bool last = tensor.dim() == 4 && tensor.scalar_type() == at::kFloat;
  return last ? tensor.contiguous(at::MemoryFormat::ChannelsLast) : tensor.contiguous();
}

/// Returns boxes of a value [1,C,H,W] around places that may lie partly outside, where `border` stands; what changed
/// lies over what was.
Tensor gather(const Tensor& base, const Boxes* changed, const std::vector<Place>& places, const Box& size,
              double border) {
  if (changed != nullptr && changed->places == places && changed->values.size(2) == size.height &&
      changed->values.size(3) == size.width) {
    return changed->values;
  }
  const auto count = static_cast<std::int64_t>(places.size());
  const auto inside = [&](const Place& p) {
    return p.y >= 0 && p.x >= 0 && p.y + size.height <= base.size(2) && p.x + size.width <= base.size(3);
  };
  const bool last = base.scalar_type() == at::kFloat;
  Tensor result = at::empty({count, base.size(1), size.height, size.width},
                            base.options().requires_grad(false).memory_format(last ? at::MemoryFormat::ChannelsLast
                                                                                   : at::MemoryFormat::Contiguous));
  if (!std::all_of(places.begin(), places.end(), inside)) result.fill_(border);
  for (std::int64_t b = 0; b < count; ++b) {
    const Place& place = places[static_cast<std::size_t>(b)];
    copy_box(result, b, {0, 0}, base, 0, place, size);
    if (changed == nullptr) continue;
    const Place& at = changed->places[static_cast<std::size_t>(b)];
    copy_box(result, b, {at.y - place.y, at.x - place.x}, changed->values, b, {0, 0},
             {changed->values.size(2), changed->values.size(3)});
  }
  return result;
}

Region box_region(const Place& place, const Box& size) {
  return {.empty = false, .extents = {{place.y, place.y + size.height}, {place.x, place.x + size.width}}};
}

/// The inputs, shapes and output shapes of a node in the base run.
struct Setting {
  std::vector<Tensor> inputs;
  std::vector<Shape> input_shapes;
  std::vector<Shape> output_shapes;

  Setting(const Trace& base, const std::vector<Shape>& shapes, const Node& node) {
    for (const ValueId input : node.inputs) {
      inputs.push_back(input == no_value ? Tensor{} : base.value(input));
      input_shapes.push_back(input == no_value ? Shape{} : shapes[index(input)]);
    }
    for (const ValueId output : node.outputs) {
      output_shapes.push_back(output == no_value ? Shape{} : shapes[index(output)]);
    }
  }
  Placed placed(const Node& node) const { return {node, inputs, input_shapes, output_shapes}; }
};

}  // namespace

Incremental::Incremental(const Trace& base, std::vector<ValueId> targets, double field)
    : base_(base), targets_(std::move(targets)), field_(field), shapes_(base.shapes()) {
  const Graph& graph = base.graph();
  std::vector<bool> after(graph.values().size(), false);
  after[index(graph.inputs().front())] = true;
  std::vector<bool> downstream(graph.nodes().size(), false);
  for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    downstream[n] = std::any_of(node.inputs.begin(), node.inputs.end(),
                                [&](ValueId input) { return input != no_value && after[index(input)]; });
    if (!downstream[n]) continue;
    for (const ValueId output : node.outputs) {
      if (output != no_value) after[index(output)] = true;
    }
  }
  std::vector<bool> leads(graph.values().size(), false);
  for (const ValueId target : targets_) leads[index(target)] = true;
  wanted_.assign(graph.nodes().size(), false);
  factors_.resize(graph.nodes().size());
  for (std::size_t n = graph.nodes().size(); n-- > 0;) {
    const Node& node = graph.nodes()[n];
    const bool on_path = std::any_of(node.outputs.begin(), node.outputs.end(),
                                     [&](ValueId output) { return output != no_value && leads[index(output)]; });
    if (!on_path) continue;
    wanted_[n] = downstream[n];
    for (const ValueId input : node.inputs) {
      if (input != no_value) leads[index(input)] = true;
    }
    if (!wanted_[n] || node.op->onnx != "AveragePool" || shapes_[index(node.outputs[0])].size() != 4) continue;
    // Without pads a window always counts all of its positions: what the op makes of ones, over that of padded ones.
    const Setting setting(base, shapes_, node);
    const Shape& in = setting.input_shapes[0];
    const Shape& out = setting.output_shapes[0];
    const Tensor ones = at::ones({1, 1, in[2], in[3]}, setting.inputs[0].options().requires_grad(false));
    const Region all{.empty = false, .extents = {{0, out[2]}, {0, out[3]}}};
    const Region needed = node.op->geometry->needed(setting.placed(node), 0, all);
    const Extent& y = needed.extents[0];
    const Extent& x = needed.extents[1];
    const Tensor padded = gather(packed(ones), nullptr, {{y.begin, x.begin}}, {y.end - y.begin, x.end - x.begin}, 0);
    const c10::AutoGradMode no_grad(false);
    const Tensor counted = node.op->forward(Call{without_pads(node), std::vector<Tensor>{padded}})[0];
    const Tensor factor = node.op->forward(Call{node, std::vector<Tensor>{ones}})[0] / counted;
    if ((factor - 1).abs().max().item<double>() > 1e-6) factors_[n] = packed(factor);
  }
}

Incremental::Plan Incremental::plan(const Node& node, const std::vector<Part>& parts, std::size_t pictures) const {
  Plan plan;
  const Locality locality = locality_of(node);
  const ValueId output = node.outputs[0];
  if (locality == Locality::none || output == no_value || !is_map(shapes_[index(output)])) return plan;
  const Setting setting(base_, shapes_, node);
  const Placed placed = setting.placed(node);
  const Shape& out = setting.output_shapes[0];
  if (locality == Locality::pointwise && !lies_position_to_position(node, setting.input_shapes, out)) return plan;
  std::vector<Region> regions(pictures, Region{.empty = true, .extents = {}});
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == no_value) continue;
    const Part& part = parts[index(node.inputs[i])];
    if (part.state == Part::State::same) continue;
    if (part.state == Part::State::whole) return plan;
    const Box size{part.boxes.values.size(2), part.boxes.values.size(3)};
    for (std::size_t b = 0; b < pictures; ++b) {
      const Region touched = node.op->geometry->affected(placed, i, box_region(part.boxes.places[b], size));
      regions[b] = bounding_union(regions[b], clip(touched, out));
    }
  }
  for (const Region& region : regions) {
    if (region.empty || region.extents.size() != 2) continue;
    plan.height = std::max(plan.height, region.extents[0].end - region.extents[0].begin);
    plan.width = std::max(plan.width, region.extents[1].end - region.extents[1].begin);
  }
  if (plan.height == 0) plan.height = plan.width = 1;  // nothing is touched: any position, computed anew, is the same
  const auto cut = [&](std::int64_t extent, std::int64_t side) {
    const auto most =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(field_ * static_cast<double>(side))));
    return field_ < 1 ? std::min(extent, most) : extent;
  };
  plan.height = cut(plan.height, out[2]);
  plan.width = cut(plan.width, out[3]);
  if (plan.height * plan.width >= out[2] * out[3]) return plan;  // everything is touched
  for (const Region& region : regions) {
    Place place;
    if (!region.empty && region.extents.size() == 2) {
      const auto middle = [](const Extent& e, std::int64_t size) { return e.begin + (e.end - e.begin - size) / 2; };
      const bool cuts = field_ < 1;
      place = {cuts ? middle(region.extents[0], plan.height) : region.extents[0].begin,
               cuts ? middle(region.extents[1], plan.width) : region.extents[1].begin};
    }
    place.y = std::clamp<std::int64_t>(place.y, 0, out[2] - plan.height);
    place.x = std::clamp<std::int64_t>(place.x, 0, out[3] - plan.width);
    plan.places.push_back(place);
  }
  plan.local = true;
  return plan;
}

Incremental::Part Incremental::compute_boxes(const Node& node, const Plan& plan, const std::vector<Part>& parts) const {
  const Setting setting(base_, shapes_, node);
  const Placed placed = setting.placed(node);
  const bool windows = locality_of(node) == Locality::window;
  const Shape& out = setting.output_shapes[0];
  std::vector<Tensor> inputs = setting.inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].defined() || (windows && i > 0)) continue;
    const Shape& shape = setting.input_shapes[i];
    const bool has_positions = shape.size() == 4 && shape[2] == out[2] && shape[3] == out[3];
    if (!windows && !has_positions) {
      inputs[i] = inputs[i].detach();
      continue;
    }
    const Part& part = parts[index(node.inputs[i])];
    std::vector<Place> places;
    Box size;
    for (const Place& at : plan.places) {
      const Region needed = node.op->geometry->needed(placed, i, box_region(at, {plan.height, plan.width}));
      places.push_back({needed.extents[0].begin, needed.extents[1].begin});
      size = {needed.extents[0].end - needed.extents[0].begin, needed.extents[1].end - needed.extents[1].begin};
    }
    const Boxes* changed = part.state == Part::State::boxes ? &part.boxes : nullptr;
    inputs[i] = gather(packed(inputs[i].detach()), changed, places, size, border_of(node));
  }
  Tensor values = node.op->forward(Call{windows ? without_pads(node) : node, inputs})[0];
  const auto n = static_cast<std::size_t>(&node - base_.graph().nodes().data());
  if (factors_[n].defined()) {
    values = values * gather(factors_[n], nullptr, plan.places, {plan.height, plan.width}, 1);
  }
  return {.state = Part::State::boxes, .boxes = {packed(values), plan.places}, .values = {}};
}

Tensor Incremental::materialise(ValueId value, const Part& part, std::int64_t pictures) const {
  if (part.state == Part::State::whole) return part.values;
  Tensor base = base_.value(value).detach();
  const bool repeats =
      !base_.graph().is_constant(value) && base.is_floating_point() && base.dim() > 0 && base.size(0) == 1;
  if (!repeats) return base;
  Shape shape = base.sizes().vec();
  shape[0] = pictures;
  Tensor all = base.expand(shape);
  if (part.state == Part::State::same) return all;
  Tensor copy = packed(all).clone();
  for (std::int64_t b = 0; b < pictures; ++b) {
    copy_box(copy, b, part.boxes.places[static_cast<std::size_t>(b)], part.boxes.values, b, {0, 0},
             {part.boxes.values.size(2), part.boxes.values.size(3)});
  }
  return copy;
}

Incremental::Part Incremental::compute_whole(const Node& node, const std::vector<Part>& parts,
                                             std::int64_t pictures) const {
  std::vector<Tensor> inputs;
  for (const ValueId input : node.inputs) {
    if (input == no_value) {
      inputs.emplace_back();
    } else if (node.op->kind == Kind::constant && parts[index(input)].state == Part::State::boxes) {
      inputs.push_back(materialise(input, {}, pictures));  // only its shape is read
    } else {
      inputs.push_back(materialise(input, parts[index(input)], pictures));
    }
  }
  return {.state = Part::State::whole, .boxes = {}, .values = node.op->forward(Call{node, inputs})[0]};
}

std::vector<Incremental::Changed> Incremental::run(const Boxes& changed) const {
  const c10::AutoGradMode no_grad(false);
  const Graph& graph = base_.graph();
  const auto pictures = static_cast<std::int64_t>(changed.places.size());
  std::vector<int> readers(graph.values().size(), 0);
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    if (!wanted_[n]) continue;
    for (const ValueId input : graph.nodes()[n].inputs) {
      if (input != no_value) ++readers[index(input)];
    }
  }
  for (const ValueId target : targets_) ++readers[index(target)];
  std::vector<Part> parts(graph.values().size());
  parts[index(graph.inputs().front())] = {
      .state = Part::State::boxes, .boxes = {packed(changed.values), changed.places}, .values = {}};
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    if (!wanted_[n]) continue;
    const Node& node = graph.nodes()[n];
    const Plan where = plan(node, parts, changed.places.size());
    if (where.local) {
      parts[index(node.outputs[0])] = compute_boxes(node, where, parts);
    } else if (node.outputs.size() == 1) {
      parts[index(node.outputs[0])] = compute_whole(node, parts, pictures);
    } else {  // several outputs: each whole
      std::vector<Tensor> inputs;
      for (const ValueId input : node.inputs) {
        inputs.push_back(input == no_value ? Tensor{} : materialise(input, parts[index(input)], pictures));
      }
      const Outputs outputs = node.op->forward(Call{node, inputs});
      for (std::size_t o = 0; o < node.outputs.size() && o < outputs.size(); ++o) {
        if (node.outputs[o] == no_value) continue;
        parts[index(node.outputs[o])] = {.state = Part::State::whole, .boxes = {}, .values = outputs[o]};
      }
    }
    for (const ValueId input : node.inputs) {
      if (input != no_value && --readers[index(input)] == 0) parts[index(input)] = {};
    }
  }
  std::vector<Changed> result;
  for (const ValueId target : targets_) {
    const Part& part = parts[index(target)];
    if (part.state == Part::State::boxes) {
      result.push_back({.whole = {}, .boxes = part.boxes});
    } else {
      result.push_back({.whole = materialise(target, part, pictures), .boxes = {}});
    }
  }
  return result;
}

Tensor Incremental::whole(std::size_t target, const Changed& changed) const {
  if (changed.whole.defined()) return changed.whole;
  const Part part{.state = Part::State::boxes, .boxes = changed.boxes, .values = {}};
  return materialise(targets_[target], part, static_cast<std::int64_t>(changed.boxes.places.size()));
}

Tensor Incremental::channel_sum(std::size_t target, const Changed& changed, std::int64_t k) const {
  if (changed.whole.defined()) return changed.whole.select(1, k).flatten(1).sum(1);
  const Tensor base = base_.value(targets_[target]).detach().select(1, k)[0];
  const Tensor after = changed.boxes.values.select(1, k).flatten(1).sum(1);
  std::vector<Tensor> before;
  for (const Place& at : changed.boxes.places) {
    before.push_back(base.narrow(0, at.y, changed.boxes.values.size(2))
                         .narrow(1, at.x, changed.boxes.values.size(3))
                         .sum()
                         .reshape({1}));
  }
  return base.sum() + after - at::cat(before);
}

std::int64_t Incremental::whole_macs() const {
  std::int64_t total = 0;
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    const Node& node = base_.graph().nodes()[n];
    if (!wanted_[n] || node.op->macs == nullptr) continue;
    total += node.op->macs(Setting(base_, shapes_, node).placed(node));
  }
  return total;
}

std::int64_t Incremental::macs(const Place& place, std::int64_t height, std::int64_t width) const {
  const Graph& graph = base_.graph();
  std::vector<Region> regions(graph.values().size(), Region{.empty = true, .extents = {}});
  std::vector<bool> all(graph.values().size(), false);
  const ValueId input = graph.inputs().front();
  regions[index(input)] = clip(box_region(place, {height, width}), shapes_[index(input)]);
  double total = 0;
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    if (!wanted_[n]) continue;
    const Node& node = graph.nodes()[n];
    const Setting setting(base_, shapes_, node);
    const Placed placed = setting.placed(node);
    const Shape& out = setting.output_shapes[0];
    const Locality locality = locality_of(node);
    bool whole = locality == Locality::none || !is_map(out) ||
                 (locality == Locality::pointwise && !lies_position_to_position(node, setting.input_shapes, out));
    Region touched{.empty = true, .extents = {}};
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == no_value) continue;
      whole = whole || all[index(node.inputs[i])];
      if (whole || regions[index(node.inputs[i])].empty) continue;
      touched =
          bounding_union(touched, clip(node.op->geometry->affected(placed, i, regions[index(node.inputs[i])]), out));
    }
    for (const ValueId output : node.outputs) {
      if (output == no_value) continue;
      all[index(output)] = whole;
      regions[index(output)] = touched;
    }
    if (node.op->macs == nullptr) continue;
    const auto cost = static_cast<double>(node.op->macs(placed));
    if (whole) {
      total += cost;
    } else if (!touched.empty) {
      const double rows = static_cast<double>(touched.extents[0].end - touched.extents[0].begin);
      const double columns = static_cast<double>(touched.extents[1].end - touched.extents[1].begin);
      total += cost * rows * columns / static_cast<double>(out[2] * out[3]);
    }
  }
  return static_cast<std::int64_t>(total);
}

std::int64_t Incremental::bytes_per_picture(std::int64_t height, std::int64_t width) const {
  // One picture with the box in the middle goes through; what is alive at a time is counted.
  const Graph& graph = base_.graph();
  const ValueId input = graph.inputs().front();
  const Shape& shape = shapes_[index(input)];
  std::vector<Part> parts(graph.values().size());
  const Place middle{(shape[2] - height) / 2, (shape[3] - width) / 2};
  const auto bytes_of = [](const Part& part) {
    const Tensor& tensor = part.state == Part::State::boxes ? part.boxes.values : part.values;
    return tensor.defined() ? static_cast<std::int64_t>(tensor.numel()) * tensor.element_size() : 0;
  };
  const at::TensorOptions options = base_.value(input).options().requires_grad(false);
  parts[index(input)] = {
      .state = Part::State::boxes, .boxes = {at::empty({1, shape[1], height, width}, options), {middle}}, .values = {}};
  std::vector<int> readers(graph.values().size(), 0);
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    for (const ValueId read : graph.nodes()[n].inputs) {
      if (wanted_[n] && read != no_value) ++readers[index(read)];
    }
  }
  std::int64_t alive = bytes_of(parts[index(input)]);
  std::int64_t most = alive;
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    if (!wanted_[n]) continue;
    const Node& node = graph.nodes()[n];
    const Plan where = plan(node, parts, 1);
    std::int64_t gathered = 0;
    for (const ValueId output : node.outputs) {
      if (output == no_value) continue;
      Part& part = parts[index(output)];
      const Shape& out = shapes_[index(output)];
      Shape size = out;
      if (where.local) size = {1, out[1], where.height, where.width};
      part.state = where.local ? Part::State::boxes : Part::State::whole;
      Tensor& held = where.local ? part.boxes.values : part.values;
      held = at::empty({1}, options).expand(size.empty() ? Shape{1} : size);
      part.boxes.places = where.places;
      alive += bytes_of(part);
    }
    for (const ValueId read : node.inputs) {
      if (read != no_value) gathered += 2 * bytes_of(parts[index(read)]);  // a copy with its surroundings
    }
    most = std::max(most, alive + gathered);
    for (const ValueId read : node.inputs) {
      if (read == no_value || --readers[index(read)] > 0) continue;
      alive -= bytes_of(parts[index(read)]);
    }
  }
  return most;
}

}  // namespace fovea

// Exact part of Nakandala, Kumar, Papakonstantinou 2019 (Krypton, SIGMOD), section 4: materialise the run once, then
// push every changed box through the ops' geometry, reading around it from what was materialised. The boxes of a batch
// have one size: that of the largest, moved inside the value's borders, which computes a little more and stays exact.
// SPDX-License-Identifier: Apache-2.0
#include "core/incremental.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>

#include "core/incremental_parts.h"
#include "core/locality.h"

namespace fovea {
Incremental::Incremental(const Trace& base, std::vector<ValueId> targets, double field)
    : base_(base), targets_(std::move(targets)), field_(field), shapes_(base.shapes()) {
  const Graph& graph = base.graph();
  const ValueSet after = graph.descendants(graph.inputs().front());
  const ValueSet before = graph.ancestors(targets_);
  wanted_.assign(graph.nodes().size(), false);
  factors_.resize(graph.nodes().size());
  for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    wanted_[n] = after.has_any(node.inputs) && before.has_any(node.outputs);
    if (!wanted_[n] || node.op->onnx != "AveragePool" || shapes_[node.outputs[0]].size() != 4) continue;
    // Without pads a window always counts all of its positions: what the op makes of ones, over that of padded ones.
    const NodeInRun setting(base, shapes_, node);
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
  const NodeInRun setting(base_, shapes_, node);
  if (node.outputs[0] == no_value || locality_in(node, setting) == Locality::none) return plan;
  const Placed placed = setting.placed(node);
  const Shape& out = setting.output_shapes[0];
  std::vector<Region> regions(pictures, Region{.empty = true, .extents = {}});
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == no_value) continue;
    const Part& part = parts[node.inputs[i]];
    if (part.state == Part::State::same) continue;
    if (part.state == Part::State::whole) return plan;
    const BoxSize size{part.boxes.values.size(2), part.boxes.values.size(3)};
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
  const NodeInRun setting(base_, shapes_, node);
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
    const Part& part = parts[node.inputs[i]];
    std::vector<Place> places;
    BoxSize size;
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
    } else if (node.op->kind == Kind::constant && parts[input].state == Part::State::boxes) {
      inputs.push_back(materialise(input, {}, pictures));  // only its shape is read
    } else {
      inputs.push_back(materialise(input, parts[input], pictures));
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
      if (input != no_value) ++readers[input];
    }
  }
  for (const ValueId target : targets_) ++readers[target];
  std::vector<Part> parts(graph.values().size());
  parts[graph.inputs().front()] = {
      .state = Part::State::boxes, .boxes = {packed(changed.values), changed.places}, .values = {}};
  for (std::size_t n = 0; n < wanted_.size(); ++n) {
    if (!wanted_[n]) continue;
    const Node& node = graph.nodes()[n];
    const Plan where = plan(node, parts, changed.places.size());
    if (where.local) {
      parts[node.outputs[0]] = compute_boxes(node, where, parts);
    } else if (node.outputs.size() == 1) {
      parts[node.outputs[0]] = compute_whole(node, parts, pictures);
    } else {  // several outputs: each whole
      std::vector<Tensor> inputs;
      for (const ValueId input : node.inputs) {
        inputs.push_back(input == no_value ? Tensor{} : materialise(input, parts[input], pictures));
      }
      const Outputs outputs = node.op->forward(Call{node, inputs});
      for (std::size_t o = 0; o < node.outputs.size() && o < outputs.size(); ++o) {
        if (node.outputs[o] == no_value) continue;
        parts[node.outputs[o]] = {.state = Part::State::whole, .boxes = {}, .values = outputs[o]};
      }
    }
    for (const ValueId input : node.inputs) {
      if (input != no_value && --readers[input] == 0) parts[input] = {};
    }
  }
  std::vector<Changed> result;
  for (const ValueId target : targets_) {
    const Part& part = parts[target];
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

}  // namespace fovea

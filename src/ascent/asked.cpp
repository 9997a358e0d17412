// The objective of an ascent at pictures. Each picture may have an objective of its own; they share the network's run.
// SPDX-License-Identifier: Apache-2.0
#include "ascent/asked.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

#include <fovea/display.h>
#include <fovea/error.h>

#include "core/fold_batch_norm.h"

namespace fovea {
namespace {

std::vector<ValueId> taps_of(const std::vector<Objective>& objectives, const Graph& graph) {
  std::vector<ValueId> taps;
  for (const Objective& objective : objectives) {
    for (const ValueId tap : objective.taps(graph)) {
      if (std::find(taps.begin(), taps.end(), tap) == taps.end()) taps.push_back(tap);
    }
  }
  return taps;
}

bool runs_at(const Graph& graph, const std::vector<ValueId>& taps, const Preprocess& preprocess, std::int64_t height,
             std::int64_t width) {
  const c10::AutoGradMode no_grad(false);
  try {
    run(graph, display_to_input(at::zeros({1, 3, height, width}), preprocess),
        {.tape = Tape::none, .keep = KeepValues::none, .until = taps});
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::shape) return false;
    throw;
  }
}

}  // namespace

Graph graph_for_size(const Model& model, const std::vector<ValueId>& taps, std::int64_t& height, std::int64_t& width,
                     bool& fitted) {
  const Preprocess& preprocess = preprocess_of(model);
  fitted = false;
  if (height == preprocess.height && width == preprocess.width) return model.graph;
  Graph free = with_free_size(model.graph);
  if (runs_at(free, taps, preprocess, height, width)) return free;
  height = preprocess.height;
  width = preprocess.width;
  fitted = true;
  return model.graph;
}

std::vector<Tensor> values_at(const Model& model, const Tensor& pictures, const std::vector<ValueId>& taps) {
  std::int64_t height = pictures.size(2);
  std::int64_t width = pictures.size(3);
  bool fitted = false;
  const Graph graph = graph_for_size(model, taps, height, width, fitted);
  const c10::AutoGradMode no_grad(false);
  const Tensor input = display_to_input(resize_pictures(pictures, height, width), preprocess_of(model));
  const Trace trace = run(graph, input, {.tape = Tape::none, .keep = KeepValues::none, .until = taps});
  std::vector<Tensor> values;
  for (const ValueId tap : taps) values.push_back(trace.value(tap).clone());
  return values;
}

Tensor resize_pictures(const Tensor& pictures, std::int64_t height, std::int64_t width) {
  if (pictures.size(2) == height && pictures.size(3) == width) return pictures;
  const bool shrinks = pictures.size(2) > 2 * height || pictures.size(3) > 2 * width;
  return shrinks ? at::_upsample_bilinear2d_aa(pictures, {height, width}, false)
                 : at::upsample_bilinear2d(pictures, {height, width}, false);
}

AskedNetwork::AskedNetwork(const Model& model, const std::vector<Objective>& objectives, const Targets& targets,
                           const std::string& recipe, std::int64_t height, std::int64_t width)
    : model_(model),
      preprocess_(preprocess_of(model)),
      objectives_(objectives),
      targets_(targets),
      graph_(model.graph),
      recipe_(recipe.empty() ? nullptr : &find_recipe(recipe)),
      taps_(taps_of(objectives, model.graph)),
      height_(height),
      width_(width) {
  graph_ = graph_for_size(model, taps_, height_, width_, fitted_);
  if (recipe_ != nullptr && recipe_->folds_batch_norm) graph_ = fold_batch_norm(graph_);
}

Tensor AskedNetwork::input_of(const Tensor& display) const {
  return display_to_input(resize_pictures(display, height_, width_), preprocess_);
}

Tensor AskedNetwork::values_of(const std::function<Tensor(ValueId)>& value) const {
  if (objectives_.size() == 1) return objectives_.front().evaluate(graph_, model_.card, value, &targets_);
  std::vector<Tensor> values;  // runs of pictures with one objective are asked at once, for terms that look at others
  for (std::size_t begin = 0; begin < objectives_.size();) {
    std::size_t end = begin + 1;
    const std::string text = objectives_[begin].text();
    while (end < objectives_.size() && objectives_[end].text() == text) ++end;
    const auto first = static_cast<std::int64_t>(begin);
    const auto count = static_cast<std::int64_t>(end - begin);
    values.push_back(objectives_[begin].evaluate(
        graph_, model_.card,
        [&](ValueId v) { return graph_.is_constant(v) ? value(v) : value(v).narrow(0, first, count); }, &targets_));
    begin = end;
  }
  return at::cat(values);
}

AskedNetwork::Answer AskedNetwork::at_input(const Tensor& input, bool redirected) const {
  const c10::AutoGradMode grad(true);
  const Tensor leaf = input.detach().requires_grad_();
  const Recipe* recipe = redirected ? &find_recipe("redirected") : recipe_;
  if (recipe == nullptr) {
    const Trace trace = run(graph_, leaf, {.tape = Tape::whole, .keep = KeepValues::none, .until = taps_});
    const Tensor values = values_of([&](ValueId v) { return trace.value(v); });
    return {values.detach(), vjp({values}, {leaf}, {at::ones_like(values)})[0]};
  }
  const Trace trace = run(graph_, leaf.detach(), {.tape = Tape::per_op, .until = taps_});
  std::vector<Tensor> leaves;
  for (const ValueId tap : taps_) leaves.push_back(trace.value(tap).detach().requires_grad_());
  const Tensor values = values_of([&](ValueId v) {
    const auto found = std::find(taps_.begin(), taps_.end(), v);
    return leaves[static_cast<std::size_t>(found - taps_.begin())];
  });
  const std::vector<Tensor> gradients = vjp({values}, leaves, {at::ones_like(values)});
  Seeds seeds;
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    if (gradients[i].defined()) seeds.push_back({taps_[i], gradients[i]});
  }
  const ValueId first = graph_.inputs().front();
  const Relevance relevance = walk(trace, seeds, *recipe);
  return {values.detach(), relevance.reached(first) ? relevance.at(first) : Tensor{}};
}

}  // namespace fovea

// Slopes of a classifier's log-probabilities and log-odds; log(p_c / (1 - p_c)) = y_c - log sum_{k != c} exp(y_k).
// SPDX-License-Identifier: Apache-2.0
#include "attack/class_slope.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/display.h>
#include <fovea/objective.h>
#include <fovea/trace.h>

#include "experiments/landmarks.h"

namespace fovea {
namespace {

using Classes = std::vector<std::int64_t>;

Classes part_of(const Classes& classes, std::int64_t begin, std::int64_t count) {
  return {classes.begin() + begin, classes.begin() + begin + count};
}

/// The slope at one run's inputs.
Slope one_run(const Graph& graph, const Tensor& input, const Classes& classes, Aim aim) {
  const c10::AutoGradMode grad(true);
  const Tensor leaf = beside_weights(graph, input.detach()).clone().requires_grad_();
  const Trace trace = run(graph, leaf, {.tape = Tape::whole, .keep = KeepValues::none, .until = {graph.logits()}});
  const Tensor values = aim_values(trace.scores(), classes, aim);
  const Tensor gradient = vjp({values}, {leaf}, {at::ones_like(values)})[0];
  const Tensor reached = gradient.defined() ? gradient : at::zeros_like(leaf);
  return {values.detach().to(input.device()), reached.detach().contiguous().to(input.device())};
}

/// Pictures in display units as the input that their files would become.
Tensor input_of_files(const Tensor& pictures, const Preprocess& preprocess) {
  std::vector<Tensor> inputs;
  for (std::int64_t i = 0; i < pictures.size(0); ++i) inputs.push_back(to_input(from_display(pictures[i]), preprocess));
  return at::cat(inputs);
}

}  // namespace

double log_odds(double probability) { return std::log(probability / (1 - probability)); }

Tensor aim_values(const Tensor& scores, const Classes& classes, Aim aim) {
  const Tensor index = at::tensor(classes).to(scores.device()).unsqueeze(1);
  if (aim == Aim::odds || aim == Aim::against) {
    const Tensor others = scores.scatter(1, index, -std::numeric_limits<double>::infinity());
    const Tensor odds = scores.gather(1, index).squeeze(1) - others.logsumexp({1});
    return aim == Aim::odds ? odds : -odds;
  }
  const Tensor log_p = scores.log_softmax(1).gather(1, index).squeeze(1);
  return aim == Aim::towards ? log_p : -log_p;
}

Slope class_slope(const Graph& graph, const Tensor& input, const Classes& classes, Aim aim, std::int64_t batch) {
  const std::int64_t limit = batch_limit(graph, batch);
  std::vector<Tensor> values;
  std::vector<Tensor> gradients;
  for (std::int64_t begin = 0; begin < input.size(0); begin += limit) {
    const std::int64_t count = std::min(limit, input.size(0) - begin);
    const Slope part = one_run(graph, input.narrow(0, begin, count), part_of(classes, begin, count), aim);
    values.push_back(part.values);
    gradients.push_back(part.gradient);
  }
  return {at::cat(values), at::cat(gradients)};
}

Slope class_slope(const Model& model, const Tensor& pictures, const Classes& classes, Aim aim, std::int64_t batch,
                  bool as_files) {
  const Preprocess& preprocess = preprocess_of(model);
  const c10::AutoGradMode grad(true);
  const Tensor leaf = pictures.detach().requires_grad_();
  const Tensor input = display_to_input(leaf, preprocess);
  const Tensor seen = as_files ? input_of_files(pictures, preprocess) : input.detach();
  const Slope at_input = class_slope(model.graph, seen, classes, aim, batch);
  return {at_input.values, vjp({input}, {leaf}, {at_input.gradient})[0]};
}

Tensor class_probabilities(const Model& model, const std::vector<Image>& pictures, std::int64_t batch) {
  const auto limit = static_cast<std::size_t>(batch_limit(model.graph, batch));
  const c10::AutoGradMode no_grad(false);
  std::vector<Tensor> found;
  for (std::size_t begin = 0; begin < pictures.size(); begin += limit) {
    std::vector<Tensor> inputs;
    for (std::size_t i = begin; i < std::min(pictures.size(), begin + limit); ++i) {
      inputs.push_back(to_input(pictures[i], preprocess_of(model)));
    }
    const RunOptions options{.tape = Tape::none, .keep = KeepValues::none, .until = {model.graph.logits()}};
    found.push_back(probabilities(run(model.graph, beside_weights(model.graph, at::cat(inputs)), options)));
  }
  return at::cat(found);
}

namespace {

bool keeps_linear(const Node& node, std::int64_t varying) {
  switch (node.op->kind) {
    case Kind::layout:
    case Kind::identity:
    case Kind::average_pool:
    case Kind::batch_norm:
    case Kind::linear: return varying == 1;  // by weights that do not depend on the picture
    case Kind::add:
    case Kind::concat: return true;
    default: return false;
  }
}

}  // namespace

bool is_linear_in_picture(const Graph& graph) {
  const ValueSet follows = graph.descendants(graph.inputs().front());
  const ValueSet wanted = graph.ancestors(graph.logits());
  for (const Node& node : graph.nodes()) {
    const auto varying =
        std::count_if(node.inputs.begin(), node.inputs.end(), [&](ValueId input) { return follows.has(input); });
    if (varying > 0 && wanted.has_any(node.outputs) && !keeps_linear(node, varying)) return false;
  }
  return follows.has(graph.logits());
}

}  // namespace fovea

// Gram matrices of pictures as objectives.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/imitate.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_adaptive_avg_pool2d.h>

#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/op.h>

#include "ascent/asked.h"
#include "core/gram.h"
#include "make/shared/common.h"

namespace fovea::make {
namespace {

const Op& op_named(std::string_view onnx) {
  for (const Op* op : all_ops()) {
    if (op->onnx == onnx) return *op;
  }
  throw Error(ErrorKind::internal, "there is no op " + std::string(onnx));
}

}  // namespace

Model with_average_pools(const Model& model) {
  Graph::Parts parts = model.graph.parts();
  for (Node& node : parts.nodes) {
    if (node.op->onnx != "MaxPool") continue;
    node.op = &op_named("AveragePool");
    node.outputs.resize(1);  // an average has no indices
  }
  Model changed{model.path, model.hash, Graph(std::move(parts)), model.card};
  return changed;
}

Answers answers_of(const Model& model, const Tensor& picture, const std::vector<ValueId>& layers) {
  constexpr std::int64_t map_axes = 4;
  Answers answers{.layers = layers, .values = values_at(model, picture, layers)};
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (answers.values[l].dim() == map_axes) continue;
    throw Error(ErrorKind::usage,
                "'" + model.graph.name(layers[l]) + "' is no map, so it has no Gram matrix over positions",
                "name a value before the first fully connected layer");
  }
  return answers;
}

Objective imitate_gram(const Model& model, const Answers& answers, const std::string& name, Targets& targets,
                       const Tensor& mask, const Answers& masked_shape) {
  Objective sum(0);
  for (std::size_t l = 0; l < answers.layers.size(); ++l) {
    const ValueId layer = answers.layers[l];
    const std::string& value = model.graph.name(layer);
    const Tensor gram = gram_matrix(answers.values[l]);
    const double size = gram.square().mean().item<double>();
    if (size == 0) continue;  // a dead layer asks for nothing
    targets.set(name, layer, gram);
    std::vector<std::string> arguments{value, name};
    if (mask.defined()) {
      const Tensor& like = masked_shape.values.at(l);
      targets.set(name + "_mask", layer, at::_adaptive_avg_pool2d(mask, {like.size(2), like.size(3)}));
      arguments.push_back(name + "_mask");
    }
    sum = sum + Objective(1 / (size * static_cast<double>(answers.layers.size()))) * term("gram", arguments);
  }
  return sum;
}

std::vector<double> gram_errors(const Model& model, const Tensor& picture, const Answers& wanted) {
  const Answers found = answers_of(model, picture, wanted.layers);
  std::vector<double> errors;
  for (std::size_t l = 0; l < wanted.layers.size(); ++l) {
    const Tensor target = gram_matrix(wanted.values[l]);
    errors.push_back(((gram_matrix(found.values[l]) - target).norm() / target.norm()).item<double>());
  }
  return errors;
}

}  // namespace fovea::make

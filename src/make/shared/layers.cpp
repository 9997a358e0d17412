// Which layers a making goes through.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/layers.h"

#include <algorithm>
#include <cstddef>

#include <ATen/core/grad_mode.h>

#include <fovea/atlas.h>
#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/op.h>

#include "make/shared/common.h"

namespace fovea::make {
namespace {

constexpr std::size_t map_axes = 4;

bool ends_a_layer(const Graph& graph, const Node& node) {
  switch (node.op->kind) {
    case Kind::activation:
    case Kind::max_pool:
    case Kind::average_pool:
    case Kind::add:
    case Kind::concat: return true;
    default: return is_rectifier(graph, node);
  }
}

/// The layers in order with their shapes, from a run on the mean picture.
struct Layer {
  ValueId value;
  Shape shape;
};

/// Tells for every value whether all that the class scores know of the picture goes through it: no value that was there
/// before is read after it. In branches of a block that is no value, at the block's end its join or sum.
std::vector<bool> bottlenecks(const Graph& graph) {
  const std::vector<Node>& nodes = graph.nodes();
  const ValueSet read = graph.ancestors(graph.logits());  // on the way to the scores
  std::vector<std::size_t> last_read(graph.values().size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!read.has_any(nodes[i].outputs)) continue;
    for (const ValueId input : nodes[i].inputs) {
      if (input != no_value) last_read[input] = i;
    }
  }
  std::vector<bool> narrow(graph.values().size(), false);
  std::size_t still_read = 0;
  for (const ValueId input : graph.inputs()) still_read = std::max(still_read, last_read[input]);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const ValueId output : nodes[i].outputs) {
      if (!read.has(output)) continue;
      narrow[output] = still_read <= i;
      still_read = std::max(still_read, last_read[output]);
    }
  }
  return narrow;
}

std::vector<Layer> all_layers(const Model& model) {
  const Preprocess& preprocess = preprocess_of(model);
  const c10::AutoGradMode no_grad(false);
  const Tensor input =
      display_to_input(mean_colour(preprocess).expand({1, 3, preprocess.height, preprocess.width}), preprocess);
  std::vector<Shape> shapes(model.graph.values().size());
  RunOptions options{.tape = Tape::none, .keep = KeepValues::none, .until = {model.graph.logits()}};
  options.on_value = [&](ValueId id, const Tensor& tensor) {
    if (tensor.is_floating_point()) shapes[id] = tensor.sizes().vec();
  };
  run(model.graph, input, options);
  const std::vector<bool> narrow = bottlenecks(model.graph);
  std::vector<Layer> layers;
  for (const Node& node : model.graph.nodes()) {
    const ValueId value = node.outputs.empty() ? no_value : node.outputs.front();
    if (value == no_value || value == model.graph.logits() || !ends_a_layer(model.graph, node)) continue;
    if (!narrow[value]) continue;
    const Shape& shape = shapes[value];
    if (shape.size() >= 2) layers.push_back({value, shape});
  }
  return layers;
}

}  // namespace

std::vector<ValueId> layers_of(const Model& model, std::string_view list, std::size_t most) {
  const std::vector<std::string> names = split_list(list);
  if (!names.empty()) return match_values(model.graph, names);
  const std::vector<Layer> layers = all_layers(model);
  std::vector<ValueId> chosen;
  const std::size_t spread = std::min(most > 1 ? most - 1 : 0, layers.size());
  for (std::size_t i = 0; i < spread; ++i) {
    const std::size_t at = spread == 1 ? layers.size() / 2 : i * (layers.size() - 1) / (spread - 1);
    if (chosen.empty() || chosen.back() != layers[at].value) chosen.push_back(layers[at].value);
  }
  chosen.push_back(model.graph.logits());
  return chosen;
}

ValueId layer_at_stride(const Model& model, std::int64_t stride) {
  const std::vector<Layer> layers = all_layers(model);
  const std::int64_t side = std::max(1, preprocess_of(model).height) / stride;
  std::int64_t smallest = 0;  // of the maps that are at least as large
  ValueId last = no_value;
  for (const Layer& layer : layers) {
    if (layer.shape.size() != map_axes) continue;
    last = layer.value;
    const std::int64_t height = layer.shape[2];
    if (height >= side && height > 1 && (smallest == 0 || height < smallest)) smallest = height;
  }
  std::vector<ValueId> fitting;
  for (const Layer& layer : layers) {
    if (layer.shape.size() == map_axes && layer.shape[2] == smallest) fitting.push_back(layer.value);
  }
  if (!fitting.empty()) return fitting[fitting.size() / 2];
  if (last != no_value) return last;
  throw Error(ErrorKind::unsupported, "the network has no layer whose output is a map",
              "name a value by --at; `fovea inspect MODEL` lists them");
}

std::vector<ValueId> layers_by_size(const Model& model, std::size_t most) {
  const Graph& graph = model.graph;
  std::vector<ValueId> chosen;
  std::int64_t height = 0;
  bool pool = false;  // the last chosen one is, for want of another
  for (const Layer& layer : all_layers(model)) {
    if (layer.shape.size() != map_axes || layer.shape[2] < 2) continue;
    const NodeId producer = graph.value(layer.value).producer;
    const Kind kind = graph.node(producer).op->kind;
    const bool is_pool = kind == Kind::max_pool || kind == Kind::average_pool;
    if (layer.shape[2] != height) {
      if (chosen.size() == most) break;
      chosen.push_back(layer.value);
      height = layer.shape[2];
      pool = is_pool;
    } else if (pool && !is_pool) {
      chosen.back() = layer.value;
      pool = false;
    }
  }
  if (!chosen.empty()) return chosen;
  throw Error(ErrorKind::unsupported, "the network has no layer whose output is a map",
              "name values by --at; `fovea inspect MODEL` lists them");
}

}  // namespace fovea::make

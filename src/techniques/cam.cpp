// CAM: a layer's maps weighted by the classifier's own weights, M = sum_k w_k A_k, where a global average and one
// linear layer follow: the score is then the mean of M plus the bias. Zhou et al. 2016, equations 1 and 2.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "techniques/cam.h"

namespace fovea::techniques::cam {
namespace {

/// Tells whether a node keeps the score linear in the layer's means.
bool keeps_linear(const Graph& graph, const Node& node) {
  const auto variable = std::count_if(node.inputs.begin(), node.inputs.end(),
                                      [&](ValueId input) { return input != no_value && !graph.is_constant(input); });
  switch (node.op->kind) {
    case Kind::average_pool:
    case Kind::batch_norm:
    case Kind::layout:
    case Kind::identity:
    case Kind::constant: return true;
    case Kind::linear:
    case Kind::add: return variable == 1;
    case Kind::reduction: return node.op->onnx == "ReduceMean";
    default: return false;
  }
}

/// Returns the first node after `at` on the way to the objective that breaks the linear form; null when none does.
const Node* breaks_the_form(const Graph& graph, ValueId at, const std::vector<ValueId>& taps) {
  const ValueSet after = graph.descendants(at);
  const ValueSet before = graph.ancestors(taps);
  for (const Node& node : graph.nodes()) {
    const bool on_path = after.has_any(node.inputs) && before.has_any(node.outputs);
    if (on_path && !keeps_linear(graph, node)) return &node;
  }
  return nullptr;
}

[[noreturn]] void refuse(const Graph& graph, ValueId at, const std::string& why) {
  throw Error(ErrorKind::unsupported,
              "CAM needs a global average and linear layers alone after '" + graph.name(at) + "', but " + why,
              "grad_cam is the same map where CAM exists, and exists everywhere");
}

Map explain_cam(const Question& question) {
  constexpr double evenness = 1e-4;  // of the largest gradient: rounding, no more
  const Graph& graph = question.subject.graph();
  const CamLayer layer = cam_layer(question);
  if (const Node* node = breaks_the_form(graph, layer.at, question.objective.taps(graph))) {
    refuse(graph, layer.at, "node '" + node->name + "' (" + std::string(node->op->onnx) + ") follows");
  }
  const Tensor mean = layer.gradient.mean({1, 2}, true);
  const double spread = (layer.gradient - mean).abs().max().item<double>();
  if (spread > evenness * layer.gradient.abs().max().item<double>()) {
    refuse(graph, layer.at, "its places do not all count alike: no global average follows");
  }
  const auto places = static_cast<double>(layer.activations.size(1) * layer.activations.size(2));
  const Tensor raw = (mean * places * layer.activations).sum(0);
  Map map = cam_map(question, raw, layer.at);
  map.figures.emplace_back("mean", raw.mean().item<double>());
  return map;
}

constexpr Option options[] = {cam_relu_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "cam",
    .sentence =
        "Lays the classifier's own weights over the last maps: exact where a global average and a linear layer "
        "follow.",
    .paper =
        "Zhou, Khosla, Lapedriza, Oliva, Torralba 2016, Learning Deep Features for Discriminative Localization "
        "(arXiv:1512.04150), equations 1 and 2",
    .details =
        "The map's mean is the class's score without its bias. Networks of another form are refused by the name "
        "of the node that breaks it; Grad-CAM generalises CAM to them.",
    .options = options,
    .explain = explain_cam};

}  // namespace fovea::techniques::cam

// Loading a model: its file, its card, its weights laid out for speed.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/model.h>

#include <optional>
#include <string>

#include <fovea/error.h>

#include "core/sha256.h"
#include "load/card.h"
#include "load/file_graph.h"

namespace fovea {
namespace {

/// Lays the weights of convolutions out as the activations are (channels_last): libtorch would convert them at every
/// run.
Graph with_packed_weights(const Graph& graph) {
  Weights weights = graph.weights();
  for (const Node& node : graph.nodes()) {
    const bool convolves = node.op->onnx == "Conv" || node.op->onnx == "ConvTranspose";
    if (!convolves || node.inputs.size() < 2 || !graph.is_constant(node.inputs[1])) continue;
    Tensor& weight = weights[node.inputs[1]];
    if (weight.dim() == 4) weight = weight.contiguous(at::MemoryFormat::ChannelsLast);
  }
  return graph.with_weights(std::move(weights));
}

Card find_card(const std::filesystem::path& path, const load::FileGraph& file, const Shape& input,
               const LoadOptions& options) {
  std::filesystem::path beside = path;
  beside.replace_extension(".json");
  Card card;
  if (std::filesystem::exists(beside))
    card = read_card(beside, input);
  else
    card = card_from_metadata(file.metadata, input);
  if (card.name.empty()) card.name = path.stem().string();
  if (!options.preprocess.empty()) card.preprocess = preset_preprocess(options.preprocess, input);
  return card;
}

/// Returns the value to take as logits: the caller's, else the one that the file's metadata names, else what the
/// outputs suggest.
ValueId logits_of(const Graph& graph, const load::FileGraph& file, const std::string& asked) {
  if (!asked.empty()) return graph.at(asked);
  const auto named = file.metadata.find(logits_metadata_key);
  if (named == file.metadata.end()) return graph.logits();
  const std::optional<ValueId> value = graph.find(named->second);
  if (value && !graph.is_constant(*value)) return *value;
  throw Error(ErrorKind::format,
              std::string("model metadata '") + logits_metadata_key + "' names '" + named->second +
                  "', which the network does not compute",
              "say which value holds the logits");
}

/// Hashes all of a model: its file, then the files beside it that hold tensors, in order of name.
std::string hash_of(const std::filesystem::path& path, const load::FileGraph& file) {
  Sha256 hash;
  update_with_file(hash, path);
  for (const std::string& name : file.external_files) update_with_file(hash, path.parent_path() / name);
  return hash.hex();
}

}  // namespace

Model load_model(const std::filesystem::path& path, const LoadOptions& options) {
  const load::FileGraph file = load::read_onnx(path);
  Graph graph = with_packed_weights(load::build_graph(file));
  const Shape input = graph.inputs().empty() ? Shape{} : graph.value(graph.inputs().front()).declared;
  graph = graph.with_logits(logits_of(graph, file, options.logits));
  Card card = find_card(path, file, input, options);
  return {.path = path, .hash = hash_of(path, file), .graph = std::move(graph), .card = std::move(card)};
}

}  // namespace fovea

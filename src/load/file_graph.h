// What every importer makes of a model file: nodes by op type with names, attributes and weights; nothing per op.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/attributes.h>
#include <fovea/graph.h>

namespace fovea::load {

struct FileGraph;

/// A node as the file has it.
struct FileNode {
  std::string name;
  std::string op_type;  ///< ONNX op_type (importers of other formats translate theirs)
  std::string domain;
  std::vector<std::string> inputs;  ///< "" where an optional input is absent
  std::vector<std::string> outputs;
  Attributes attributes;
  std::map<std::string, std::shared_ptr<const FileGraph>> subgraphs;  ///< graph attributes (branches of If)
};

/// An input or output as declared.
struct FileValue {
  std::string name;
  Shape shape;  ///< -1 where free; empty where not declared
};

/// A model file's graph.
struct FileGraph {
  std::string name;
  std::vector<FileNode> nodes;
  std::map<std::string, Tensor> initializers;
  std::vector<FileValue> inputs;  ///< initializers excluded
  std::vector<FileValue> outputs;
  std::map<std::string, int> opsets;  ///< by domain ("" is ONNX's own)
  std::map<std::string, std::string> metadata;
  std::set<std::string> external_files = {};  ///< where tensors lie beside the model, relative to its folder
};

/// Reads an ONNX file (and tensors stored beside it). Throws `Error(file|format|resource)`.
FileGraph read_onnx(const std::filesystem::path& path);

/// As `read_onnx`, of a model in memory: `folder` holds the tensors stored beside it, `name` is what errors call it.
FileGraph parse_onnx(std::string_view bytes, const std::filesystem::path& folder, const std::string& name);

/// Turns a file's graph into the engine's: checks it, names all unknown ops in one error, folds constant sub-graphs,
/// replaces each If by the branch taken.
Graph build_graph(const FileGraph& file);

}  // namespace fovea::load

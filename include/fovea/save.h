// Writing models: a graph and its card as one ONNX file that any ONNX tool reads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include <fovea/api.h>
#include <fovea/model.h>

namespace FOVEA_API fovea {

/// Returns a model as the bytes of an ONNX file: IR version 8, the operator set that the nodes were made for, names and
/// weights as they are, the card in metadata "fovea.card". What `load_model` reads back computes the same, to the bit.
/// Throws `Error(unsupported)` when a node or tensor has no counterpart in ONNX or nodes of incompatible operator sets
/// meet, `Error(format)` when names are missing or given twice or the card is broken, `Error(resource)` beyond 2 GiB.
std::vector<std::byte> to_onnx(const Model& model);

/// Writes a model as an ONNX file, whole or not at all. Throws as `to_onnx`, and `Error(file)`.
void save_onnx(const Model& model, const std::filesystem::path& path);

}  // namespace fovea

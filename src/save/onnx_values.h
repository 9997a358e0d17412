// Inputs and outputs of a model's file.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <fovea/graph.h>

namespace fovea::save {

/// Declares the graph's inputs: floats of the weights' precision with their declared shapes, free sizes by name.
/// Throws `Error(unsupported)` when an input declares no shape.
void declare_inputs(const Graph& graph, onnx::GraphProto& message);

/// Declares the graph's outputs, where `model` has everything else but large weights: element types, and shapes that
/// the graph does not declare, are those that libonnx infers.
void declare_outputs(const Graph& graph, onnx::ModelProto& model);

}  // namespace fovea::save

// Model-local functions of ONNX files, replaced by their bodies.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

namespace fovea::load {

/// Replaces every call of a model-local function (`ModelProto.functions`) by the function's nodes, whose names and
/// values get the call's name and "/" in front, and drops the functions. Throws `Error(format|unsupported|resource)`.
void inline_functions(onnx::ModelProto& model);

}  // namespace fovea::load

// What libonnx says of a model: its checker, and the shapes it infers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include "load/onnx_tensor.h"

namespace fovea::load {

/// Runs libonnx's checker and holds the weights against the shapes that it infers, on a model whose nodes are sorted
/// and whose large tensors were taken by `reader`. Does nothing for files newer than libonnx knows and for ops unknown
/// to it. Throws `Error(format|shape)`.
void check_with_libonnx(onnx::ModelProto& model, TensorReader& reader);

}  // namespace fovea::load

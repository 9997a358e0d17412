// Tensors as ONNX's TensorProto.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <onnx/onnx_pb.h>

#include <fovea/tensor.h>

namespace fovea::save {

/// Returns ONNX's number of a tensor's element type; throws `Error(unsupported)` naming `owner` when there is none.
onnx::TensorProto::DataType data_type_of(const Tensor& tensor, const std::string& owner);

/// Writes a tensor's element type and shape, not its data.
void write_type(const Tensor& tensor, const std::string& owner, onnx::TensorProto& message);
/// Writes a tensor's data, row after row whatever its layout, where `write_type` was before.
void write_data(const Tensor& tensor, onnx::TensorProto& message);

}  // namespace fovea::save

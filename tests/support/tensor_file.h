// Tensors stored as files of one ONNX TensorProto, as ONNX stores the inputs and outputs of its tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <onnx/onnx_pb.h>

#include <fovea/tensor.h>

#include "load/onnx_tensor.h"

namespace fovea::test {

/// Reads a tensor; throws `std::runtime_error` naming the file, or `Error`. ONNX's tests store bfloat16 numbers as
/// uint16: `declared` is the element type (of onnx::TensorProto) that the model declares.
inline Tensor read_tensor_file(const std::filesystem::path& path, int declared = onnx::TensorProto::UNDEFINED) {
  std::ifstream file(path, std::ios::binary);
  onnx::TensorProto message;
  if (!message.ParseFromIstream(&file)) throw std::runtime_error(path.string() + " is not a tensor");
  const bool is_bits = message.data_type() == onnx::TensorProto::UINT16 && declared == onnx::TensorProto::BFLOAT16;
  if (is_bits) message.set_data_type(onnx::TensorProto::BFLOAT16);
  load::TensorReader reader{.folder = path.parent_path(), .emptied = {}};
  return load::take_tensor(reader, message, path.filename().string());
}

}  // namespace fovea::test

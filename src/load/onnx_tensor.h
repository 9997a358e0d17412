// Tensors of ONNX files, checked before anything is allocated for them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include <fovea/tensor.h>

namespace fovea::load {

/// Reads the tensors of one file and frees the protobuf memory of the large ones as it goes.
struct TensorReader {
  /// A tensor whose data was taken out; until `restore_shapes` it stands in its message as an empty one.
  struct Emptied {
    onnx::TensorProto* message;
    Shape shape;
  };

  std::filesystem::path folder;  ///< where tensors stored beside the model lie
  std::vector<Emptied> emptied;
  std::int64_t external_bytes = 0;            ///< read from other files so far
  std::set<std::string> external_files = {};  ///< those files, relative to the folder
};

/// Turns a message into a tensor; large data and data of other files leave the message. `owner` says whose tensor it
/// is. Throws `Error(format|unsupported|file|resource)`.
Tensor take_tensor(TensorReader& reader, onnx::TensorProto& message, const std::string& owner);

/// Gives the emptied messages their shapes back (not their data): what shape inference reads.
void restore_shapes(TensorReader& reader);

}  // namespace fovea::load

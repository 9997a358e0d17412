// Turns tensors into ONNX's TensorProto with raw data: row-major, little-endian (onnx.proto of ONNX 1.12).
// SPDX-License-Identifier: Apache-2.0
#include "save/onnx_tensor.h"

#include <bit>

#include <fovea/error.h>

namespace fovea::save {

static_assert(std::endian::native == std::endian::little, "raw data of ONNX files is little-endian");

onnx::TensorProto::DataType data_type_of(const Tensor& tensor, const std::string& owner) {
  switch (tensor.scalar_type()) {
    case at::kFloat: return onnx::TensorProto::FLOAT;
    case at::kDouble: return onnx::TensorProto::DOUBLE;
    case at::kHalf: return onnx::TensorProto::FLOAT16;
    case at::kBFloat16: return onnx::TensorProto::BFLOAT16;
    case at::kBool: return onnx::TensorProto::BOOL;
    case at::kByte: return onnx::TensorProto::UINT8;
    case at::kChar: return onnx::TensorProto::INT8;
    case at::kShort: return onnx::TensorProto::INT16;
    case at::kInt: return onnx::TensorProto::INT32;
    case at::kLong: return onnx::TensorProto::INT64;
    default:
      throw Error(ErrorKind::unsupported, owner + " has elements of " + c10::toString(tensor.scalar_type()),
                  "floats, bool and whole numbers are written");
  }
}

void write_type(const Tensor& tensor, const std::string& owner, onnx::TensorProto& message) {
  if (!tensor.defined()) throw Error(ErrorKind::internal, owner + " is no tensor");
  message.set_data_type(data_type_of(tensor, owner));
  for (const std::int64_t extent : tensor.sizes()) message.add_dims(extent);
}

void write_data(const Tensor& tensor, onnx::TensorProto& message) {
  if (tensor.numel() == 0) return;  // libonnx's checker wants no data then, not even an empty field
  const Tensor rows = tensor.detach().cpu().contiguous();
  message.set_raw_data(rows.data_ptr(), rows.nbytes());
}

}  // namespace fovea::save

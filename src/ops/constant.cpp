// A tensor that the file holds in an attribute: value, value_float(s) or value_int(s) (ONNX: Constant).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>

#include <fovea/op.h>

#include "ops/shapes.h"

namespace fovea::ops::constant {
namespace {

Outputs forward(const Call& call) {
  const Attributes& attributes = call.attributes();
  const auto floats = at::TensorOptions().dtype(at::kFloat);
  if (attributes.has("value")) return {attributes.tensor("value")};
  if (attributes.has("value_float")) return {at::scalar_tensor(attributes.number("value_float", 0), floats)};
  if (attributes.has("value_floats")) return {at::tensor(attributes.numbers("value_floats"), floats)};
  if (attributes.has("value_int")) return {integer_tensor({attributes.integer("value_int", 0)}, at::kCPU).reshape({})};
  if (attributes.has("value_ints")) return {integer_tensor(attributes.integers("value_ints"), at::kCPU)};
  std::string given;
  for (const auto& [attribute, value] : attributes.all()) given += (given.empty() ? "" : ", ") + attribute;
  fail(ErrorKind::unsupported, call.node,
       "has none of the attributes value, value_float, value_floats, value_int and value_ints, but: " + given,
       "texts and sparse tensors are not supported");
}

}  // namespace

extern constinit const Op descriptor{.name = "constant",
                                     .onnx = "Constant",
                                     .kind = Kind::constant,
                                     .forward = forward,
                                     .geometry = &contentless_geometry};

}  // namespace fovea::ops::constant

// The input in another element type (ONNX: Cast): real numbers become integers by dropping their fraction, anything but
// zero becomes true.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/elementwise.h"

namespace fovea::ops::cast {
namespace {

/// One element type of ONNX and the type that holds its values here; libtorch lacks the larger unsigned ones.
struct ElementType {
  std::int64_t onnx;
  at::ScalarType type;
};

constexpr ElementType element_types[] = {{1, at::kFloat},    {2, at::kByte},    {3, at::kChar},  {4, at::kInt},
                                         {5, at::kShort},    {6, at::kInt},     {7, at::kLong},  {9, at::kBool},
                                         {10, at::kHalf},    {11, at::kDouble}, {12, at::kLong}, {13, at::kLong},
                                         {16, at::kBFloat16}};

Outputs forward(const Call& call) {
  const std::int64_t to = call.attributes().integer("to", 0);
  for (const auto& [onnx, type] : element_types) {
    if (onnx == to) return {convert(call.input(0), type, call.opset())};
  }
  fail(ErrorKind::unsupported, call.node,
       "casts to ONNX element type " + std::to_string(to) + ", which has no counterpart here",
       "texts, complex numbers and 8-bit floats are not supported");
}

}  // namespace

extern constinit const Op descriptor{
    .name = "cast", .onnx = "Cast", .kind = Kind::identity, .forward = forward, .geometry = &pointwise_geometry};

}  // namespace fovea::ops::cast

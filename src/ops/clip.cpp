// Limits values to an interval: y = min(max(x, low), high), either bound may be absent (ONNX: Clip). Bounds are
// attributes up to opset 10, inputs from 11 on.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops {
namespace {

constexpr int first_opset_with_inputs = 11;

Tensor clip_by_attributes(const Tensor& x, const Attributes& attributes) {
  Tensor y = x;
  if (attributes.has("min")) y = y.clamp_min(attributes.number("min", 0));
  if (attributes.has("max")) y = y.clamp_max(attributes.number("max", 0));
  return y;
}

Tensor clip_by_inputs(const Tensor& x, const Call& call) {
  const auto bound = [&](std::size_t i) { return call.input(i).reshape({}).to(x.scalar_type()); };
  Tensor y = x;
  if (call.has(1)) y = y.clamp_min(bound(1));
  if (call.has(2)) y = y.clamp_max(bound(2));
  return y;
}

Outputs forward(const Call& call) {
  return {in_float(call.input(0), [&](const Tensor& x) {
    return call.opset() < first_opset_with_inputs ? clip_by_attributes(x, call.attributes()) : clip_by_inputs(x, call);
  })};
}

}  // namespace

extern constinit const Op clip{.name = "clip",
                               .onnx = "Clip",
                               .caffe = "Clip",
                               .kind = Kind::activation,
                               .forward = forward,
                               .geometry = &pointwise_geometry};

}  // namespace fovea::ops

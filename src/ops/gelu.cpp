// Gaussian error linear unit: y = x/2 (1 + erf(x / sqrt 2)), or with approximate = "tanh"
// y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) (ONNX: Gelu, opset 20; Hendrycks and Gimpel 2016).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/gelu.h>

#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/elementwise.h"

namespace fovea::ops::gelu {
namespace {

Outputs forward(const Call& call) {
  const std::string approximate = call.attributes().text("approximate", "none");
  if (approximate != "none" && approximate != "tanh") {
    fail(ErrorKind::format, call.node, "attribute 'approximate' is '" + approximate + "', expected none or tanh");
  }
  return {in_float(call.input(0), [&](const Tensor& x) { return at::gelu(x, approximate); })};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "gelu", .onnx = "Gelu", .kind = Kind::activation, .forward = forward, .geometry = &pointwise_geometry};

}  // namespace fovea::ops::gelu

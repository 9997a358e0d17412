// Matrix product with bias: y = alpha * A' B' + beta * C, A' and B' transposed on demand, C broadcast (ONNX: Gemm).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/addmm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/precision.h"

namespace fovea::ops::gemm {
namespace {

bool transposed(const Node& node, std::string_view attribute) { return node.attributes.integer(attribute, 0) != 0; }

/// Returns a factor as integer tensors want it: without a fraction.
c10::Scalar factor(double value, const Tensor& x) {
  if (x.is_floating_point()) return value;
  return static_cast<std::int64_t>(value);
}

void check_shapes(const Call& call, const Tensor& a, const Tensor& b) {
  const std::int64_t inner_of_a = transposed(call.node, "transA") ? 0 : 1;
  const std::int64_t inner_of_b = transposed(call.node, "transB") ? 1 : 0;
  if (a.dim() == 2 && b.dim() == 2 && a.size(inner_of_a) == b.size(inner_of_b)) return;
  fail(ErrorKind::shape, call.node,
       "A has shape " + spell(a.sizes().vec()) + ", B has shape " + spell(b.sizes().vec()) +
           ", expected two matrices that fit",
       "the input may be of another size than the network was made for");
}

Outputs forward(const Call& call) {
  const at::ScalarType type = float_type(call.input(0));
  const Tensor a = call.input(0).to(type);
  const Tensor b = call.input(1).to(type);
  check_shapes(call, a, b);
  const double alpha = call.attributes().number("alpha", 1);
  const double beta = call.attributes().number("beta", 1);
  const Tensor c = call.has(2) && beta != 0 ? call.input(2).to(type) : Tensor();
  const Tensor left = transposed(call.node, "transA") ? a.t() : a;
  const Tensor right = transposed(call.node, "transB") ? b.t() : b;
  const bool plain_bias = !c.defined() || (c.dim() == 1 && c.numel() == right.size(1));
  Tensor y;
  if (a.is_floating_point() && plain_bias && alpha == 1 && beta == 1) {
    y = at::linear(left, right.t(), c);
  } else if (c.defined()) {
    y = at::addmm(c, left, right, factor(beta, a), factor(alpha, a));
  } else {
    y = alpha == 1 ? at::mm(left, right) : at::mm(left, right) * factor(alpha, a);
  }
  return {y.to(call.input(0).scalar_type())};
}

std::int64_t macs(const Placed& placed) {
  const Shape& a = placed.input_shapes[0];
  const Shape& b = placed.input_shapes[1];
  return a[0] * a[1] * b[transposed(placed.node, "transB") ? 0 : 1];
}

}  // namespace

extern constinit const Op descriptor{
    .name = "gemm", .onnx = "Gemm", .caffe = "InnerProduct", .kind = Kind::linear, .forward = forward, .macs = macs};

}  // namespace fovea::ops::gemm

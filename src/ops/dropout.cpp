// Dropout in inference: y = x, and a mask of ones where one is asked for (ONNX: Dropout). Dropping at random is
// training: it is refused.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/ones_like.h>

#include <fovea/op.h>

#include "ops/checks.h"

namespace fovea::ops::dropout {
namespace {

constexpr int first_opset_with_bool_mask = 10;
constexpr double default_ratio = 0.5;

/// Tells whether the node would drop anything: training_mode (input 2) with a ratio (input 1) over 0.
bool drops(const Call& call) {
  if (!call.has(2) || call.integers(2).at(0) == 0) return false;
  const double ratio = call.has(1) ? call.input(1).item<double>() : default_ratio;
  return ratio > 0;
}

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  if (drops(call)) {
    fail(ErrorKind::unsupported, call.node, "its training_mode is on: it would drop values at random",
         "export the network for inference");
  }
  Outputs outputs{x};
  if (call.node.outputs.size() > 1) {
    const bool bool_mask = call.opset() >= first_opset_with_bool_mask;
    outputs.push_back(at::ones_like(x, x.options().dtype(bool_mask ? at::kBool : x.scalar_type())));
  }
  return outputs;
}

}  // namespace

extern constinit const Op descriptor{.name = "dropout",
                                     .onnx = "Dropout",
                                     .caffe = "Dropout",
                                     .kind = Kind::identity,
                                     .forward = forward,
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::dropout

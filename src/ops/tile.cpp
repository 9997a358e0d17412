// Repeats the whole input along every axis, as many times as `repeats` says (ONNX: Tile, opset 6 on).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/shapes.h"

namespace fovea::ops::tile {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const Shape repeats = call.integers(1);
  if (repeats.size() != static_cast<std::size_t>(x.dim())) {
    fail(ErrorKind::shape, call.node,
         "repeats " + spell(repeats) + " are not one per axis of an input of shape " + spell(x.sizes().vec()));
  }
  return {x.repeat(repeats)};
}

}  // namespace

extern constinit const Op descriptor{
    .name = "tile",
    .onnx = "Tile",
    .caffe = "Tile",
    .kind = Kind::layout,
    .forward = forward,
    .geometry = &pointwise_geometry};  // position to position along axes that are not repeated

}  // namespace fovea::ops::tile

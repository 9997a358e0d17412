// Gathers blocks of b x b positions into channels: place (i, j) of a block in channel c goes to channel (i b + j) C + c
// (ONNX: SpaceToDepth).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/blocks.h"

namespace fovea::ops::space_to_depth {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const Shape shape = x.sizes().vec();
  const std::int64_t b = block_size(call.node, shape);
  const std::int64_t height = shape[2] / b, width = shape[3] / b;
  if (height * b != shape[2] || width * b != shape[3]) {
    fail(ErrorKind::shape, call.node,
         "an input of shape " + spell(shape) + " does not divide into blocks of side " + std::to_string(b));
  }
  const Tensor blocks = x.reshape({shape[0], shape[1], height, b, width, b});
  return {blocks.permute({0, 3, 5, 1, 2, 4}).reshape({shape[0], shape[1] * b * b, height, width})};
}

}  // namespace

extern constinit const Op descriptor{.name = "space_to_depth",
                                     .onnx = "SpaceToDepth",
                                     .kind = Kind::layout,
                                     .forward = forward,
                                     .geometry = &block_geometry</*Finer=*/false>};

}  // namespace fovea::ops::space_to_depth

// Spreads channels over blocks of b x b positions (ONNX: DepthToSpace). Channel (i b + j) C' + c goes to place (i, j)
// of its block in channel c in mode DCR, channel (c b + i) b + j in mode CRD.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/blocks.h"

namespace fovea::ops::depth_to_space {
namespace {

Outputs forward(const Call& call) {
  const Tensor& x = call.input(0);
  const std::int64_t b = block_size(call.node, x.sizes().vec());
  const std::int64_t channels = x.size(1) / (b * b);
  if (channels * b * b != x.size(1)) {
    fail(ErrorKind::shape, call.node,
         std::to_string(x.size(1)) + " channels are not a multiple of " + std::to_string(b * b) +
             " (blocksize squared)");
  }
  const std::string mode = call.attributes().text("mode", "DCR");
  const std::int64_t n = x.size(0), height = x.size(2), width = x.size(3);
  Tensor y;  // [N, C', H, i, W, j]
  if (mode == "DCR") {
    y = x.reshape({n, b, b, channels, height, width}).permute({0, 3, 4, 1, 5, 2});
  } else if (mode == "CRD") {
    y = x.reshape({n, channels, b, b, height, width}).permute({0, 1, 4, 2, 5, 3});
  } else {
    fail(ErrorKind::format, call.node, "mode is '" + mode + "', expected DCR or CRD");
  }
  return {y.reshape({n, channels, height * b, width * b})};
}

}  // namespace

extern constinit const Op descriptor{.name = "depth_to_space",
                                     .onnx = "DepthToSpace",
                                     .kind = Kind::layout,
                                     .forward = forward,
                                     .geometry = &block_geometry</*Finer=*/true>};

}  // namespace fovea::ops::depth_to_space

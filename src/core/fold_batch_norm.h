// Folding batch normalisation into the convolution before it: an explicit pass, graph to graph.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/graph.h>

namespace fovea {

/// Folds every BatchNormalization that directly follows a Conv, ConvTranspose or Gemm with constant weights which
/// nothing else reads: w' = w s, b' = (b - mean) s + shift with s = scale / sqrt(var + eps). An Identity stays under
/// the batch norm's name, so every name stays valid; the convolution's own output changes. Others are left as they are.
Graph fold_batch_norm(const Graph& graph);

}  // namespace fovea

// Networks that forgot what they learnt, from the top down.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/model.h>

namespace fovea {

/// Returns the layers of a network, from the scores down to the input: the nodes with a constant matrix or kernel
/// (Conv, ConvTranspose, Gemm, MatMul) that the scores depend on.
std::vector<NodeId> layers_from_top(const Graph& graph);

/// Returns the network with the weights of its topmost `count` layers replaced by normal numbers of the same mean and
/// standard deviation (keyed by the seed and the layer), biases by their own values in another order. Scales survive,
/// whatever was learnt does not. Adebayo et al. 2018, section 3: cascading randomisation.
Model randomise_from_top(const Model& model, std::int64_t count, std::uint64_t seed);

}  // namespace fovea

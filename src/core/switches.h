// Max-pooling's switches: where each window's maximum was, and unpooling by them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/graph.h>
#include <fovea/tensor.h>

namespace fovea {

/// Unpools as Zeiler and Fergus do: puts each pooled value at the position of its window's maximum, zeros elsewhere.
/// The first maximum in row order is the switch; where overlapping windows share a switch, the last window's value
/// stays. `node` is a MaxPool, `input` its input [N,C,spatial...], `pooled` of its output's shape; returns `input`'s
/// shape.
Tensor place_at_switches(const Node& node, const Tensor& input, const Tensor& pooled);

}  // namespace fovea

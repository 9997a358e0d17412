// Finds the class scores of a network: what its outputs are before any softmax.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/graph.h>

namespace fovea::load {

/// Returns the value that goes into the Softmax or LogSoftmax at the end of the network, looking back from its first
/// floating-point output through ops that only reshape; that output itself when there is no softmax; `no_value` when
/// there are no outputs. An ArgMax as the only output is looked behind.
ValueId find_logits(const Graph::Parts& parts);

}  // namespace fovea::load

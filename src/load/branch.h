// Decides which branch an If takes, once and for all, while a graph is built.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <fovea/graph.h>

#include "load/evaluate.h"

namespace fovea::load {

/// Trial runs of the part of the network that is built so far, kept from one If to the next.
struct Trials {
  std::size_t size_pair = 0;                 ///< which sizes free spatial dims are tried at
  std::vector<std::optional<Probe>> probes;  ///< per trial
};

/// Returns the value of an If's condition. It is a constant, or is computed from shapes alone: then it is tried with
/// two batch sizes and, where the input's size is free, two sizes. Throws `Error(unsupported)`, naming the node, when
/// it depends on the input's numbers, on the batch size or on the input's size.
bool decide(const Graph::Parts& parts, ValueId condition, const std::string& node, Trials& trials);

}  // namespace fovea::load

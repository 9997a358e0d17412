// The one operator set that a model's file declares.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/graph.h>

namespace fovea::save {

/// Returns the operator set to write: the one that all nodes were made for, else the newest of theirs when no op
/// changed its meaning up to it. Throws `Error(unsupported)` naming two nodes that do not go together.
int common_opset(const Graph& graph);

}  // namespace fovea::save

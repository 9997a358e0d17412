// Which values an atlas is about: names and patterns, and what is taken where nobody names any.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/atlas.h>

namespace fovea {

/// Returns the values whose channels are ranked: those named, or every rectifier's output (where there is none every
/// linear layer's) and the logits.
std::vector<ValueId> ranked_values(const Graph& graph, const std::vector<std::string>& patterns);

/// Returns the values that embed a picture: those named, or what the classifier reads.
std::vector<ValueId> embedded_values(const Graph& graph, const std::vector<std::string>& patterns);

/// Tells names and sizes of values by one run on zeros. Throws `Error(usage)` for one that has no channels.
std::vector<AtlasValue> measure_values(const Model& model, const std::vector<ValueId>& values);

}  // namespace fovea

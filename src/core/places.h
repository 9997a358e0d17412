// Places of a network that techniques read maps at when nobody names one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/trace.h>

namespace fovea {

/// Tells whether a value of a run is a map: four axes, more than one position.
bool is_spatial(const Trace& trace, ValueId value);

/// Returns, in order, the values that every path from the network's input to `target` goes through (the target and the
/// input among them): what is read there is the whole story.
std::vector<ValueId> bottlenecks(const Graph& graph, ValueId target);

/// Returns the last bottleneck before `target` whose map is at most `stride` times smaller than the input on both
/// sides; the input itself where there is none.
ValueId last_bottleneck_at_stride(const Trace& trace, ValueId target, std::int64_t stride);

/// Returns the input of the last linear layer before `target`: what the classifier reads; `no_value` where there is
/// none.
ValueId classifier_input(const Graph& graph, ValueId target);

}  // namespace fovea

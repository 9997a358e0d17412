// Places of a network that experiments speak of when nobody names one, and what follows a value.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/model.h>
#include <fovea/trace.h>

namespace fovea {

/// Returns the first rectified convolution's output: what the first rectifier (or other activation) makes of it, before
/// any other linear layer; the convolution's own output where nothing rectifies it. Throws `Error(unsupported)` for a
/// network without a linear layer.
ValueId first_rectified(const Graph& graph);

/// Returns what the classifier reads; throws `Error(unsupported)` where the class scores come of no linear layer.
ValueId required_classifier_input(const Graph& graph);

/// Returns what a run from `at` on must be given to reach `target`: the values made before it, or beside it, that nodes
/// behind it read; `at` itself first. Throws `Error(usage)` when `target` does not depend on `at`.
std::vector<ValueId> frontier(const Graph& graph, ValueId at, ValueId target);

/// Moves an input to where the network's weights are.
Tensor beside_weights(const Graph& graph, const Tensor& input);

/// Returns how a picture becomes the network's input; throws `Error(usage)` when the model does not say it.
const Preprocess& required_preprocess(const Model& model);

/// Returns class probabilities [N,classes], float64 on the CPU: the softmax of the scores of a run.
Tensor probabilities(const Trace& trace);

}  // namespace fovea

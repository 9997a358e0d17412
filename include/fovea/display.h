// Pictures as numbers that can be optimised: "display units" are RGB in [0,1], whatever a network's own input looks
// like. Everything that makes pictures works in them, so that steps, penalties and bounds mean the same for any
// network.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/api.h>
#include <fovea/graph.h>
#include <fovea/image.h>
#include <fovea/model.h>

namespace FOVEA_API fovea {

/// Turns a picture into display units, float32 [1,3,H,W].
Tensor to_display(const Image& image);

/// Turns display units [3,H,W] or [1,3,H,W] into a picture; values outside [0,1] are clipped, NaN is black.
Image from_display(const Tensor& display);

/// Turns display units [N,3,H,W] of any size into a network's input [N,C,H,W]: x = (255 v scale - mean) / std per
/// channel in the network's order; grey is Rec. 601's luma. Differentiable.
Tensor display_to_input(const Tensor& display, const Preprocess& preprocess);

/// Turns a network's input [N,C,H,W] into display units [N,3,H,W], not clipped; a grey one gets three equal channels.
Tensor input_to_display(const Tensor& input, const Preprocess& preprocess);

/// Returns the model's preprocessing; throws `Error(usage)` with a hint when the model does not say how a picture
/// becomes its input.
const Preprocess& preprocess_of(const Model& model);

/// Returns the mean picture of a model's training data in display units [1,3,1,1], from its preprocessing; mid-grey
/// where that subtracts nothing.
Tensor mean_colour(const Preprocess& preprocess);

/// Returns the graph with an input that may have any height and width, for objectives that lie below the first layer
/// that needs one size (such as a fully connected one).
Graph with_free_size(const Graph& graph);

}  // namespace fovea

// What the weights of a network that is linear in the picture have to do with the changes that fool it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "make/shared/adversary.h"

namespace fovea::make {

/// Adds its target's weights to each adversary of a linear network, and to the figures and notes how the least change
/// (to a probability `confidence` of the target) is aligned with them.
void compare_with_weights(const Model& model, double confidence, std::vector<Adversary>& adversaries, Made& made);

}  // namespace fovea::make

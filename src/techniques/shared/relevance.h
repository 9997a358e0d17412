// Techniques that are what their recipe says: the relevance of every pixel by layer-wise relevance propagation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/technique.h>

namespace fovea::techniques {

/// Returns a technique of the same name for each recipe that is an attribution of its own (`Recipe::relevance`): its
/// options and whether batch norm is folded, its presets, its words. They live as long as the process.
const std::vector<const Technique*>& of_recipes();

}  // namespace fovea::techniques

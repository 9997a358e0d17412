// Relevance shared evenly over a window: LRP's flat rule, and excitation's for units that nothing excites.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/walk.h>

namespace fovea::rules {

/// Returns the relevance at input `i` of a linear or averaging node when `relevance` at its output is shared evenly
/// over the inputs in each unit's window; its sum is kept.
Tensor spread_evenly(const RuleCall& call, std::size_t i, const Tensor& relevance);

}  // namespace fovea::rules

// Excitation backprop's options, which its recipe and its techniques share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/options.h>

namespace fovea::rules {

inline constexpr Option residual_option{
    "residual", OptionType::choice, "proportional", "proportional|branch",
    "Says how a residual sum splits: in proportion to its inputs, or all to the residual branch."};
inline constexpr Option negative_option{
    "negative", OptionType::choice, "contributions", "contributions|raw",
    "Says how negative inputs count: by the sign of weight times input, or by the weight's sign alone as in published "
    "code."};

inline constexpr Option unexcited_option{
    "unexcited", OptionType::choice, "spread", "spread|drop",
    "Says what becomes of the probability of a unit that nothing excites: spread evenly over its window, or dropped."};

}  // namespace fovea::rules

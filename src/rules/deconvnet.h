// The deconvnet's options, which its recipe and its technique share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/options.h>

namespace fovea::rules {

inline constexpr Option unpool_option{
    "unpool", OptionType::choice, "place", "place|sum",
    "Says what happens where overlapping windows share a maximum: the last value is placed, or values are summed."};
inline constexpr Option lrn_option{
    "lrn", OptionType::choice, "derivative", "pass|derivative",
    "Says how local response normalisation is crossed: unchanged, or by its derivative."};

}  // namespace fovea::rules

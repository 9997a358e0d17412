// One bar per channel, the strongest named.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/figure.h>

namespace fovea {

/// Draws a value per channel as bars from 0, the largest in another colour with their numbers above them, and beside
/// the bars a list of these with their names; where channels are closer than px, the farthest from 0 is seen.
Figure channel_bars(const std::vector<double>& values, const std::vector<std::string>& names, const std::string& title,
                    int width, int height);

}  // namespace fovea

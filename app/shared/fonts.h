// The fonts of a result, for its sidecar.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/figure.h>

#include "shared/json.h"

namespace fovea::cli {

/// Sets "fonts" to the family, version and file of each; leaves it out where there are none.
void name_fonts(Json& json, const std::vector<FontUse>& fonts);
/// The same for what a figure's text is drawn with.
void name_fonts(Json& json, const Figure& figure);

}  // namespace fovea::cli

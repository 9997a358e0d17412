// JSON as the program writes it: keys in the order in which they were set.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/json.h"

namespace fovea::cli {

using Json = fovea::Json;

/// Writes JSON out with an indent of 2; file names that are not UTF-8 get replacement characters.
inline std::string text_of(const Json& json) { return json.dump({.indent = 2, .replace = true}); }

}  // namespace fovea::cli

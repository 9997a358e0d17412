// JSON as the program writes it: keys in the order in which they were set.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include <fovea/tensor.h>

namespace fovea::cli {

using Json = nlohmann::ordered_json;

/// Writes JSON out with an indent of 2; file names that are not UTF-8 get replacement characters.
inline std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

}  // namespace fovea::cli

// JSON that lies beside the checkout, such as what the references of the oracles were computed with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/atomic_file.h"
#include "core/json.h"
#include "support/shared_data.h"

namespace fovea::test {

/// Reads a JSON file under shared/data; throws `Error` when it is missing, `Json::exception` when it is no JSON.
inline Json shared_json(const std::string& relative) {
  constexpr std::uintmax_t most_bytes = 64 << 20;
  return Json::parse(read_whole(shared_data(relative), most_bytes));
}

}  // namespace fovea::test

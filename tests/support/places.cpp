// Where this checkout and the data beside it lie.
// SPDX-License-Identifier: Apache-2.0
#include "support/places.h"

#include <cstdlib>

#include "support/shared_data.h"

namespace fovea::test {

std::filesystem::path in_checkout(const std::filesystem::path& relative) {
  return std::filesystem::path(FOVEA_SOURCE_DIR) / relative;
}

std::filesystem::path shared_data(const std::string& relative) {
  const char* moved = std::getenv("FOVEA_SHARED");
  return (moved != nullptr ? std::filesystem::path(moved) : in_checkout("../shared")) / "data" / relative;
}

}  // namespace fovea::test

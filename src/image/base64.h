// Bytes as letters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fovea {

/// Words bytes in base64 (RFC 4648).
std::string base64(const std::vector<std::uint8_t>& bytes);

}  // namespace fovea

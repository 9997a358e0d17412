// Fovea's version.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <fovea/api.h>

namespace FOVEA_API fovea {

/// Returns the library's version, such as "0.1.0".
std::string_view version();

}  // namespace fovea

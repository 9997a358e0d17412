// Where this checkout lies: known to one file alone, so that all others compile to the same in any folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace fovea::test {

/// Returns the path of something in this checkout, such as "models/world.onnx".
std::filesystem::path in_checkout(const std::filesystem::path& relative);

}  // namespace fovea::test

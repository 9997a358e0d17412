// Where the library's code lies on disk, from which what belongs to it is found wherever it was installed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <fovea/api.h>

namespace FOVEA_API fovea {

/// Returns the folder of the shared library, or of the program where the library is linked into it; links are
/// followed. Empty where the system does not say.
std::filesystem::path own_folder();

}  // namespace fovea
